"""A grader that hangs, dies, or takes a silence for a success would cost a whole night of computing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from collab.errors import WrongInput
from collab.problems.grading import Grade, GradingWorker
from collab.problems.grading.client import without_secrets
from collab.problems.problem import Problem


def problem(gold: str, grader: str = "math") -> Problem:
    return Problem(
        id="x", dataset="d", question="q", retellings=("r",), gold=gold, grader=grader, domain="math", task="compute"
    )


def graded(play: Callable[[GradingWorker], Awaitable[None]], seconds: float = 10.0) -> None:
    async def run() -> None:
        async with GradingWorker(seconds=seconds) as worker:
            await play(worker)

    asyncio.run(run())


def gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_right_is_right_wrong_is_wrong_and_garbage_is_wrong() -> None:
    cases = [
        ("17", "17", True),
        ("17", "18", False),
        ("17", "17 apples", True),
        ("1/2", "0.5", True),
        (r"\frac{1}{2}", "1/2", True),
        ("1200", "1200", True),
        ("17", "20 - 3", True),
        ("17", "blah", False),
        ("17", "\x00\ud800", False),
        ("17", "!" * 5000, False),
    ]

    async def play(worker: GradingWorker) -> None:
        for gold, draft, right in cases:
            grade = await worker.grade(problem(gold), draft)
            assert grade.success is right, (gold, draft, grade)

    graded(play)


@pytest.mark.parametrize("draft", [None, "", "  ", "I don't know", "I don’t know.", "unknown"])
def test_no_answer_is_wrong_and_starts_no_process(draft: str | None) -> None:
    async def play(worker: GradingWorker) -> None:
        assert await worker.grade(problem("17"), draft) == Grade(False, "math", "no answer")
        assert worker.pid is None

    graded(play)


def test_a_killed_worker_costs_at_most_its_own_item() -> None:
    async def play(worker: GradingWorker) -> None:
        assert (await worker.grade(problem("17"), "17")).success
        assert worker.pid
        first = worker.pid
        os.kill(first, signal.SIGSTOP)
        asking = asyncio.create_task(worker.grade(problem("17"), "17"))
        await asyncio.sleep(0.1)
        os.kill(first, signal.SIGKILL)
        lost = await asking
        assert lost.success is None
        assert "died" in lost.detail
        assert (await worker.grade(problem("17"), "17")).success
        assert worker.pid != first

    graded(play)


def test_a_hung_worker_is_replaced_and_the_loop_keeps_turning() -> None:
    async def play(worker: GradingWorker) -> None:
        assert (await worker.grade(problem("17"), "17")).success
        assert worker.pid
        os.kill(worker.pid, signal.SIGSTOP)
        asking = asyncio.create_task(worker.grade(problem("17"), "17"))
        ticks = 0
        while not asking.done():
            await asyncio.sleep(0.02)
            ticks += 1
        assert ticks > 20
        assert asking.result().success is None
        assert "no verdict within" in asking.result().detail
        assert (await worker.grade(problem("17"), "17")).success

    graded(play, seconds=1.0)


def test_an_explosive_draft_gets_no_verdict_instead_of_a_wrong_one() -> None:
    async def play(worker: GradingWorker) -> None:
        assert (await worker.grade(problem("17"), "9**9**9**9")).success is not True
        assert (await worker.grade(problem("17"), "17")).success

    graded(play, seconds=6.0)


def test_a_cancelled_item_does_not_give_its_answer_to_the_next_one() -> None:
    async def play(worker: GradingWorker) -> None:
        assert (await worker.grade(problem("17"), "17")).success
        asking = asyncio.create_task(worker.grade(problem("17"), "17"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await worker.grade(problem("17"), "18")).success is False

    graded(play)


def test_many_callers_share_one_worker() -> None:
    async def play(worker: GradingWorker) -> None:
        grades = await asyncio.gather(*(worker.grade(problem(str(i)), str(i % 10)) for i in range(20)))
        assert [g.success for g in grades] == [True] * 10 + [False] * 10

    graded(play)


def test_no_process_is_left_behind() -> None:
    pids = []

    async def play(worker: GradingWorker) -> None:
        await worker.grade(problem("17"), "17")
        assert worker.pid
        pids.append(worker.pid)

    graded(play)
    assert gone(pids[0])


def test_the_worker_dies_with_a_parent_that_was_killed() -> None:
    script = (
        "import asyncio\n"
        "from collab.problems.grading import GradingWorker\n"
        "from collab.problems.datasets import draw\n"
        "async def main():\n"
        "    worker = GradingWorker()\n"
        "    await worker.grade(draw(['collab-math'], 'p', 0, 0, None), '1')\n"
        "    print(worker.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
    deadline = time.monotonic() + 10
    while not gone(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gone(pid)


def test_keys_stay_with_the_parent() -> None:
    env = without_secrets({"OPENAI_API_KEY": "a", "HF_TOKEN": "b", "my_secret": "c", "HOME": "/h"})
    assert not {"OPENAI_API_KEY", "HF_TOKEN", "my_secret"} & set(env)
    assert env["HOME"] == "/h"


def test_an_unknown_grader_is_refused_with_the_nearest_name() -> None:
    async def play(worker: GradingWorker) -> None:
        with pytest.raises(WrongInput, match="Did you mean 'math'"):
            await worker.grade(problem("17", grader="maths"), "17")

    graded(play)
