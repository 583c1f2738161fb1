"""Shared beginnings: records made by hand, and a scripted engine that is started once."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from collab.engines.ports import free_port
from collab.records import Ending, SessionRecord, Status

settings.register_profile("collab", print_blob=True)
settings.load_profile("collab")


def made_record(session: int = 0, arm: str = "vanilla", person: str = "p000", **more: object) -> SessionRecord:
    """A committed session as small as one can be."""
    fields: dict[str, object] = {
        "arm": arm,
        "method": arm,
        "person": person,
        "repeat": 0,
        "session": session,
        "dataset": "collab-math",
        "problem_id": f"made-{session}",
        "status": Status.OK,
        "ended_by": Ending.SATISFIED,
        "in_force": ("length.one_sentence",),
    }
    return SessionRecord.model_validate(fields | more)


@pytest.fixture(scope="session")
def scripted_url() -> Iterator[str]:
    """A scripted engine of its own process, without noise or latency."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "collab.scripted", "--port", str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert server.poll() is None, "the scripted engine died at start"
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the scripted engine did not get healthy")


def played(folder: Path) -> int:
    """Committed sessions of a run, counted as lines while it is being written."""
    files = [file for file in folder.glob("chains/*/*.jsonl") if "state" not in file.name]
    return sum(len(file.read_bytes().splitlines()) - 1 for file in files)


def run_collab(*words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line as a user has it."""
    return subprocess.run(
        [sys.executable, "-m", "collab.cli.main", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )
