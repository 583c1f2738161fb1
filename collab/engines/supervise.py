"""Keeps one engine running through its deaths, and gives up when dying is all it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from collab.engines import Report
from collab.engines.process import Engine, EngineCommand
from collab.errors import EngineLost

DEATHS = 3


class Supervised:
    """An engine that is restarted on the same port. Enter it by `engine_running`."""

    def __init__(self, command: EngineCommand, log: Path, run_key: str, report: Report) -> None:
        self.command = command
        self.deaths = 0
        self.start_seconds = 0.0
        self._deaths_since_answer = 0
        self._log, self._run_key, self._report = log, run_key, report
        self._engine: Engine | None = None
        self._up = asyncio.Event()
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self) -> None:
        """Tell that a call was answered: the deaths before it do not count any more."""
        self._deaths_since_answer = 0

    def alive(self) -> bool:
        return self._engine is not None and self._engine.alive()

    async def up(self) -> None:
        """Returns at once while the engine runs, after its restart else. Raises EngineLost when it was given up."""
        waiting = asyncio.create_task(self._up.wait())
        try:
            both: set[asyncio.Future[Any]] = {waiting, self._lost}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if self._lost.done():
                self._lost.result()
        finally:
            waiting.cancel()

    async def until_lost(self) -> None:
        """Never returns; raises EngineLost when the engine was given up. For a task beside the run's own."""
        await asyncio.shield(self._lost)

    async def start(self) -> None:
        """The first start: a death here is raised at once, since nothing was ever well."""
        self._engine = await Engine.launch(self.command, self._log, self._run_key, self._report)
        self.start_seconds = self._engine.start_seconds
        self._up.set()

    async def keep(self) -> None:
        """Restart after each death until it was `DEATHS` in a row without an answer, or cannot even be tried."""
        try:
            await self._restart_for_ever()
        except Exception as error:
            self._lost.set_exception(EngineLost(f"{self.command.name} could not be started again: {error}"))

    async def _restart_for_ever(self) -> None:
        while self._engine:
            await self._engine.ended()
            self._up.clear()
            tail = self._engine.tail()
            self._engine = None
            while self._engine is None:
                self.deaths += 1
                self._deaths_since_answer += 1
                if self._deaths_since_answer >= DEATHS:
                    words = f"{self.command.name} died {DEATHS} times without answering a call in between"
                    self._lost.set_exception(EngineLost(f"{words}. End of {self._log}:\n{tail}"))
                    return
                self._report(f"restart {self.command.name}", f"it died ({self._deaths_since_answer} of {DEATHS})")
                try:
                    await self.start()
                except EngineLost as error:
                    tail = str(error)

    async def stop(self) -> None:
        if self._engine:
            await self._engine.stop()


@asynccontextmanager
async def engine_running(
    command: EngineCommand, log: Path, run_key: str, report: Report = lambda phase, detail: None
) -> AsyncIterator[Supervised]:
    """A healthy engine, kept alive while the block runs and gone with everything it started afterwards."""
    supervised = Supervised(command, log, run_key, report)
    await supervised.start()
    keeper = asyncio.create_task(supervised.keep())
    try:
        yield supervised
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        await supervised.stop()
        if supervised._lost.done():
            supervised._lost.exception()  # seen, so that the loop does not report it as forgotten
