import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collab.engines.leftovers import process_name, records_folder, stat_fields
from collab.engines.ports import free_port


@pytest.fixture
def run_key() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def port() -> Iterator[int]:
    chosen = free_port()
    yield chosen
    shared(chosen).unlink(missing_ok=True)


def shared(port: int) -> Path:
    """The shared memory of the test server on this port."""
    return Path(f"/dev/shm/collab-test-{port}")


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False


def started(folder: Path) -> list[int]:
    """Process ids of the test servers and of their workers, from the notes they leave."""
    return [int(note.suffix[1:]) for note in [*folder.glob("server.*"), *folder.glob("worker.*")]]


def running(pids: list[int]) -> list[int]:
    return [pid for pid in pids if stat_fields(pid)[:1] not in ([], ["Z"])]


def guard_of(key: str) -> int:
    """The process id of the guard with this run key."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
            try:
                argv = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if argv[1:4] == [b"-m", b"collab.engines.guard", key.encode()]:
                return int(entry.name)
    raise AssertionError(f"no guard of {key}; {process_name(os.getpid())} looked in {records_folder()}")
