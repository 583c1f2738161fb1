"""What is left on a machine when a run, its guard or its server is killed: nothing."""

import asyncio
import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from collab.engines.leftovers import sweep
from collab.engines.process import Engine, EngineCommand
from collab.engines.supervise import Supervised, engine_running
from collab.errors import EngineLost

from .conftest import guard_of, running, shared, started, wait_until
from .servers import server_argv, start_runner


def quiet(phase: str, detail: str) -> None:
    pass


def command(folder: Path, port: int, mode: str = "good", **changes: object) -> EngineCommand:
    return EngineCommand("test server", server_argv(folder, port, mode), f"http://127.0.0.1:{port}", **changes)  # type: ignore[arg-type]


def healthy_runner(folder: Path, key: str, port: int, mode: str = "good") -> subprocess.Popen[str]:
    runner = start_runner(folder, key, port, mode)
    assert runner.stdout
    assert runner.stdout.readline() == "healthy\n"
    return runner


def kill(runner: subprocess.Popen[str]) -> None:
    runner.kill()
    runner.communicate()


def kill_servers(folder: Path) -> None:
    for server in running([int(note.suffix[1:]) for note in folder.glob("server.*")]):
        os.kill(server, signal.SIGKILL)


async def died(engine: Supervised, times: int) -> None:
    async with asyncio.timeout(60):
        while engine.deaths < times:  # noqa: ASYNC110 (the engine offers no event for it)
            await asyncio.sleep(0.05)


def ask(port: int, path: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        answer.read()


def test_a_killed_run_leaves_no_process_and_no_shared_memory(tmp_path: Path, run_key: str, port: int) -> None:
    runner = healthy_runner(tmp_path, run_key, port)
    assert len(running(started(tmp_path))) == 2
    assert shared(port).exists()
    kill(runner)
    assert wait_until(lambda: not running(started(tmp_path)) and not shared(port).exists())


def test_a_run_killed_while_its_engine_starts_leaves_nothing(tmp_path: Path, run_key: str, port: int) -> None:
    runner = start_runner(tmp_path, run_key, port, "starting")
    assert wait_until(lambda: len(running(started(tmp_path))) == 2)
    kill(runner)
    assert wait_until(lambda: not running(started(tmp_path)) and not shared(port).exists())


def test_a_server_that_ignores_sigterm_is_killed(tmp_path: Path, run_key: str, port: int) -> None:
    runner = start_runner(tmp_path, run_key, port, "deaf")
    assert wait_until(lambda: len(running(started(tmp_path))) == 2)
    runner.terminate()
    runner.communicate()
    assert wait_until(lambda: not running(started(tmp_path)) and not shared(port).exists())


def test_the_next_start_sweeps_what_a_killed_guard_left(tmp_path: Path, run_key: str, port: int) -> None:
    runner = healthy_runner(tmp_path, run_key, port, "deaf")
    guard = guard_of(run_key)
    os.kill(runner.pid, signal.SIGSTOP)  # a runner that lives would sweep at once
    os.kill(guard, signal.SIGKILL)
    kill(runner)
    assert len(running(started(tmp_path))) == 2
    assert wait_until(lambda: sweep(run_key) > 0)
    assert not running(started(tmp_path))
    assert not shared(port).exists()


def test_a_sweep_leaves_a_guarded_engine_and_other_runs_alone(tmp_path: Path, run_key: str, port: int) -> None:
    runner = healthy_runner(tmp_path, run_key, port)
    assert sweep(run_key) == 0
    assert sweep("another-run") == 0
    assert len(running(started(tmp_path))) == 2
    assert shared(port).exists()
    kill(runner)
    assert wait_until(lambda: not running(started(tmp_path)))


def test_a_crash_of_the_server_does_not_orphan_its_worker(tmp_path: Path, run_key: str, port: int) -> None:
    async def scenario() -> None:
        engine = await Engine.launch(command(tmp_path, port), tmp_path / "log", run_key, quiet)
        with pytest.raises((urllib.error.URLError, ConnectionError)):
            await asyncio.to_thread(ask, port, "/die")
            await asyncio.to_thread(ask, port, "/die")
        await engine.ended()
        assert not engine.alive()
        assert "exit code 9" in engine.tail()

    asyncio.run(scenario())
    assert not running(started(tmp_path))
    assert not shared(port).exists()


def test_a_server_that_dies_at_start_ends_the_wait_at_once_and_tells_why(
    tmp_path: Path, run_key: str, port: int
) -> None:
    log = tmp_path / "log"
    log.write_text("from an earlier run\n")
    with pytest.raises(EngineLost, match="the very reason") as lost:
        asyncio.run(Engine.launch(command(tmp_path, port, "dies"), log, run_key, quiet))
    assert "an earlier run" not in str(lost.value)


def test_a_server_that_never_gets_healthy_is_given_up_and_removed(tmp_path: Path, run_key: str, port: int) -> None:
    slow = command(tmp_path, port, "starting", start_limit_s=1.0)
    with pytest.raises(EngineLost, match="not healthy after 1 s"):
        asyncio.run(Engine.launch(slow, tmp_path / "log", run_key, quiet))
    assert not running(started(tmp_path))


def test_a_dead_engine_comes_back_on_its_port(tmp_path: Path, run_key: str, port: int) -> None:
    async def scenario() -> None:
        async with engine_running(command(tmp_path, port), tmp_path / "log", run_key) as engine:
            for death in range(1, 5):  # more than three in all, but each after an answer
                with pytest.raises((urllib.error.URLError, ConnectionError)):
                    await asyncio.to_thread(ask, port, "/die")
                    await asyncio.to_thread(ask, port, "/die")
                await died(engine, death)
                await engine.up()
                await asyncio.to_thread(ask, port, "/health")
                engine.answered()

    asyncio.run(scenario())
    assert not running(started(tmp_path))


def test_three_deaths_without_an_answer_give_the_engine_up(tmp_path: Path, run_key: str, port: int) -> None:
    async def scenario() -> None:
        async with engine_running(command(tmp_path, port), tmp_path / "log", run_key) as engine:
            async with asyncio.timeout(60):
                lost = asyncio.create_task(engine.until_lost())
                while not lost.done():
                    await asyncio.sleep(0.05)
                    kill_servers(tmp_path)
            with pytest.raises(EngineLost, match="died 3 times"):
                await engine.up()
            await lost

    with pytest.raises(EngineLost, match="died 3 times"):
        asyncio.run(scenario())
    assert not running(started(tmp_path))


def test_a_killed_guard_is_replaced_while_the_run_goes_on(tmp_path: Path, run_key: str, port: int) -> None:
    async def scenario() -> None:
        async with engine_running(command(tmp_path, port, "deaf"), tmp_path / "log", run_key) as engine:
            first = started(tmp_path)
            os.kill(guard_of(run_key), signal.SIGKILL)
            await died(engine, 1)
            await engine.up()
            assert not running(first)
            assert len(running(started(tmp_path))) == 2

    asyncio.run(scenario())
    assert not running(started(tmp_path))
