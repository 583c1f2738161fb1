"""What a killed run loses: nothing that was committed, and nothing twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collab.analysis.equality import differences
from collab.analysis.frames import load
from tests.conftest import played, run_collab

pytestmark = pytest.mark.scripted
WORDS = ["run", "--engine", "scripted", "--methods", "vanilla,contextual,all_memory,oracle", "--n-profiles", "12"]
WORDS += ["--n-sessions", "8", "--parallel-profiles", "16"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    assert run_collab(*WORDS, "--output-dir", str(folder)).returncode == 0
    return folder


def start(folder: Path, *more: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "collab.cli.main", *WORDS, "--output-dir", str(folder), *more]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def interrupt(folder: Path, number: signal.Signals, after: int) -> int:
    """Send a signal once `after` more sessions are committed; the exit code."""
    target = played(folder) + after
    worker = start(folder)
    while played(folder) < target and worker.poll() is None:
        time.sleep(0.01)
    worker.send_signal(number)
    worker.communicate(timeout=60)
    return worker.returncode


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_run_ends_with_the_records_of_an_undisturbed_one(
    undisturbed: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "run"
    codes = [interrupt(folder, number, after) for after in (3, 40, 90)]
    wanted = {signal.SIGKILL: -9, signal.SIGTERM: 75, signal.SIGINT: 130}[number]
    assert codes == [wanted] * 3, "the run was over before it was interrupted"
    assert run_collab(*WORDS, "--output-dir", str(folder)).returncode == 0
    assert differences(undisturbed, folder) == (4 * 12 * 8, [])


def test_a_drain_before_the_engine_is_up_is_harmless(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    worker = start(folder)
    while not list(folder.glob("run.*.json")) and worker.poll() is None:
        time.sleep(0.005)
    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=60)
    assert worker.returncode == 75, out


def test_a_wall_clock_cuts_short_and_says_so(tmp_path: Path) -> None:
    words = [*WORDS, "--output-dir", str(tmp_path / "run"), "--set", "resources.latency=70b", "--wall-clock", "15"]
    done = run_collab(*words)
    assert done.returncode == 75, done.stdout + done.stderr
    assert "Stopped early (the wall clock of 15 s is used up)" in done.stdout
    assert "Cut short" in done.stdout
    assert 0 < played(tmp_path / "run") < 4 * 12 * 8


def test_no_engine_of_a_killed_runner_stays(tmp_path: Path) -> None:
    worker = start(tmp_path / "run")
    while played(tmp_path / "run") < 5 and worker.poll() is None:
        time.sleep(0.01)
    children = descendants(worker.pid)
    assert children, "the engine should have been running"
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while any(alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in children if alive(pid)] == []


def test_an_engine_that_dies_is_restarted_and_the_run_ends_as_if_it_had_not(undisturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    worker = start(folder)
    while played(folder) < 40 and worker.poll() is None:
        time.sleep(0.01)
    engines = [pid for pid in descendants(worker.pid) if b"collab.scripted" in command_of(pid)]
    servers = [pid for pid in engines if b"collab.engines.guard" not in command_of(pid)]
    assert len(servers) == 1, [command_of(pid) for pid in engines]
    os.kill(servers[0], signal.SIGKILL)
    out, _ = worker.communicate(timeout=120)
    assert worker.returncode == 0, out
    assert "restart" in out
    assert differences(undisturbed, folder) == (4 * 12 * 8, [])


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_second_worker_on_a_run_at_work_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    worker = start(folder, "--set", "resources.latency=70b")
    while played(folder) < 2 and worker.poll() is None:
        time.sleep(0.01)
    second = run_collab(*WORDS, "--output-dir", str(folder))
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=120)
    assert second.returncode == 2, second.stdout
    assert "a worker at work" in second.stderr
    assert worker.returncode == 75


def test_status_tells_what_is_there_while_it_runs(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    worker = start(folder)
    while played(folder) < 20 and worker.poll() is None:
        time.sleep(0.01)
    standing = json.loads(run_collab("status", str(folder), "--json").stdout)
    worker.communicate(timeout=120)
    assert [arm["planned"] for arm in standing["arms"]] == [96] * 4
    assert sum(arm["played"] for arm in standing["arms"]) >= 20
    assert standing["workers"][0]["alive"]
    assert all(row.played for row in load(folder).rows)
