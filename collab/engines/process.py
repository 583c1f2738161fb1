"""One server process: started under its guard, awaited, watched, stopped."""

import asyncio
import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from collab.engines import Report
from collab.engines.leftovers import sweep
from collab.errors import EngineLost

REPORT_SECONDS = 3.0
PROBE_SECONDS = 0.25
STOP_SECONDS = 40.0
TAIL_LINES = 15
NOISE = re.compile(r"^\W*$|nanobind|leaked|Route: |[█▄▀]|it/s\]|resource_tracker")


@dataclass(frozen=True, slots=True)
class EngineCommand:
    """How a server is started. Secrets belong in `env`, which is added to ours; never in `argv`, which `ps` shows."""

    name: str
    argv: tuple[str, ...]
    url: str
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    health: str = "/health"
    start_limit_s: float = 600.0


class Engine:
    """A running server. Made by `launch`; over when `ended` returns."""

    def __init__(
        self, command: EngineCommand, guard: asyncio.subprocess.Process, log: Path, log_start: int, run_key: str
    ) -> None:
        self.command = command
        self.log = log
        self.start_seconds = 0.0
        self._guard = guard
        self._run_key = run_key
        self._log_start = log_start

    @classmethod
    async def launch(cls, command: EngineCommand, log: Path, run_key: str, report: Report) -> "Engine":
        """Sweep this run's leftovers, start the server, return once it is healthy.

        The server writes to the end of `log`. Raises EngineLost, with the end of the log, as soon as the process dies
        or after `command.start_limit_s`; nothing is left running then, nor when the caller is cancelled.
        """
        await asyncio.to_thread(sweep, run_key)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            log_start = out.tell()  # before the start: a server may have said all it will ever say right after
            engine = cls(command, await _start_guard(command, out.fileno(), run_key), log, log_start, run_key)
        try:
            await engine._healthy(report)
        except BaseException:
            await engine.stop()
            raise
        return engine

    def alive(self) -> bool:
        return self._guard.returncode is None

    async def ended(self) -> None:
        """Returns when the server is gone and cleaned up, whoever ended it."""
        await self._guard.wait()
        if self._guard.returncode != 0:  # killed, perhaps, and then nobody else cleans up
            await asyncio.to_thread(sweep, self._run_key)

    async def stop(self) -> None:
        """Ask the guard to end the server and wait until all is gone: 3 s as a rule, about 25 s at worst."""
        if self._guard.stdin:
            self._guard.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.ended()
        except TimeoutError:
            self._guard.kill()
            await self.ended()

    def tail(self) -> str:
        """The last useful lines that this start of the server wrote."""
        with self.log.open("rb") as log:
            log.seek(max(self._log_start, self.log.stat().st_size - 65536))
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join([line.rstrip() for line in lines if not NOISE.search(line)][-TAIL_LINES:])

    async def _healthy(self, report: Report) -> None:
        began = time.monotonic()
        reported = began
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while not await self._answers(session):
                now = time.monotonic()
                if not self.alive():
                    raise EngineLost(f"{self.command.name} died while it started. End of {self.log}:\n{self.tail()}")
                if now - began > self.command.start_limit_s:
                    limit = f"{self.command.start_limit_s:.0f} s"
                    raise EngineLost(
                        f"{self.command.name} was not healthy after {limit}. End of {self.log}:\n{self.tail()}"
                    )
                if now - reported > REPORT_SECONDS:
                    reported = now
                    report(
                        f"start {self.command.name}",
                        f"{now - began:.0f} s {self.tail().rpartition(chr(10))[2]}".strip(),
                    )
                await asyncio.sleep(PROBE_SECONDS)
        self.start_seconds = time.monotonic() - began
        if self._guard.stdin:
            self._guard.stdin.write(b"r")
        report(f"start {self.command.name}", f"healthy after {self.start_seconds:.0f} s")

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(self.command.url + self.command.health) as response:
                return response.status == 200 and self.alive()
        except (aiohttp.ClientError, TimeoutError):
            return False


async def _start_guard(command: EngineCommand, out: int, run_key: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "collab.engines.guard",
        run_key,
        *command.argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=out,
        stderr=out,
        env=os.environ | dict(command.env),
        start_new_session=True,
    )
