"""The parent's side of the grading process: lazy start, a limit per item, a restart after a death."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self

import orjson

from collab.errors import WrongInput
from collab.problems.grading.grade import Grade
from collab.problems.problem import Problem
from collab.refusals import did_you_mean

GRADERS = ("math",)
SECRET_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
PACKAGE_ROOT = Path(__file__).parents[3]


class GradingWorker:
    """`async with GradingWorker() as worker: grade = await worker.grade(problem, draft)`.

    One process, one item at a time; callers queue. A worker that hangs or dies costs its item the verdict
    (success None), and the next item gets a new worker. On leaving, the process is gone.
    """

    def __init__(self, seconds: float = 10.0, start_seconds: float = 60.0) -> None:
        """seconds: limit of one item; start_seconds: limit of a start, which imports sympy and more."""
        self.seconds = seconds
        self.start_seconds = start_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._complaints: IO[bytes] | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    @property
    def pid(self) -> int | None:
        """Of the process, while one is running."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def grade(self, problem: Problem, draft: str | None) -> Grade:
        """The grade of a final draft. No draft, and one that says it does not know, is wrong without asking anybody."""
        if problem.grader not in GRADERS:
            mend = did_you_mean(problem.grader, GRADERS)
            raise WrongInput(
                f"problem {problem.id}: grader", repr(problem.grader), f"one of {', '.join(GRADERS)}", mend
            )
        if draft is None or not says_something(draft):
            return Grade(False, problem.grader, "no answer")
        async with self._turn:
            try:
                said = await self._asked({"gold": problem.gold, "draft": whole(draft)})
            except TimeoutError:
                await self._stop(kill=True)
                return Grade(None, problem.grader, f"no verdict within {self.seconds:g} s")
            except (OSError, EOFError, orjson.JSONDecodeError):
                code, complaint = await self._stop(kill=True)
                return Grade(None, problem.grader, f"the grading worker died (exit {code}) {complaint}".strip())
            except asyncio.CancelledError:
                await self._stop(kill=True)  # its answer would be taken for the next item's
                raise
        return Grade(said["success"], problem.grader, said["detail"])

    async def _asked(self, item: dict[str, str]) -> Any:
        process = await self._running()
        assert process.stdin
        process.stdin.write(orjson.dumps(item) + b"\n")
        await process.stdin.drain()
        return await self._line(process, self.seconds)

    async def _running(self) -> asyncio.subprocess.Process:
        """The worker, started and ready."""
        process = self._process
        if process and process.returncode is None and process.stdout and not process.stdout.at_eof():
            return process
        await self._stop(kill=True)
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed by _stop)
        command = (sys.executable, "-m", "collab.problems.grading.worker", str(os.getpid()), f"{self.seconds / 3:g}")
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._complaints,
            env=without_secrets(os.environ),
            start_new_session=True,
        )
        await self._line(self._process, self.start_seconds)
        return self._process

    async def _line(self, process: asyncio.subprocess.Process, seconds: float) -> Any:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), seconds)
        if not line.endswith(b"\n"):
            raise EOFError
        return orjson.loads(line)

    async def _stop(self, kill: bool = False) -> tuple[int | None, str]:
        """Ends the process, if there is one, and returns its exit code and the tail of what it complained about."""
        process, self._process = self._process, None
        complaints, self._complaints = self._complaints, None
        code, tail = None, ""
        if process:
            assert process.stdin
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 0 if kill else 2)
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            code = process.returncode
        if complaints:
            complaints.seek(0)
            tail = complaints.read()[-300:].decode(errors="replace").strip()
            complaints.close()
        return code, tail


def says_something(draft: str) -> bool:
    """False for an empty draft and for the ways of saying that one does not know."""
    plain = draft.casefold().replace("’", "'").strip(" .!?*_\"'")
    return bool(plain) and plain not in {"i don't know", "i do not know", "unknown", "none", "no answer", "n/a", "null"}


def without_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: no keys, this very package first on its path, the working folder not on it."""
    kept = {name: text for name, text in env.items() if not name.upper().endswith(SECRET_ENDINGS)}
    paths = [str(PACKAGE_ROOT), *filter(None, [env.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


def whole(text: str) -> str:
    """`text` without lone surrogates, which no JSON can carry."""
    return text.encode(errors="replace").decode()
