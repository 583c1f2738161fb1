"""`turn_sync`: a cohort moves in waves, all users speak, then all agents answer.

A phase opens when every chain inside the wave waits for it. A chain that leaves (its session ends, it grades, it waits
for a retry) is not waited for; it comes back in with the next user wave.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from collab.session.gate import Gate, OpenGate
from collab.spec import Resources

Phase = Literal["user", "agent"]


class Cohort:
    """The chains that move together."""

    def __init__(self) -> None:
        self._inside: set[WaveGate] = set()
        self._waiting: dict[Phase, dict[WaveGate, asyncio.Future[None]]] = {"user": {}, "agent": {}}

    async def arrive(self, gate: "WaveGate", phase: Phase) -> None:
        """Wait until this phase opens. A chain outside the wave passes an agent phase at once: it rejoins later."""
        if phase == "agent" and gate not in self._inside:
            return
        opened = asyncio.get_running_loop().create_future()
        self._waiting[phase][gate] = opened
        self._open_if_complete()
        try:
            await opened
        except asyncio.CancelledError:
            self._waiting[phase].pop(gate, None)
            self.leave(gate)
            raise

    def enter(self, gate: "WaveGate") -> None:
        self._inside.add(gate)

    def leave(self, gate: "WaveGate") -> None:
        self._inside.discard(gate)
        self._open_if_complete()

    def _open_if_complete(self) -> None:
        """Agents first: those inside who wait to be answered are never held up by chains that only want to come in."""
        for phase in ("agent", "user"):
            waiting = self._waiting[phase]
            if waiting and self._inside <= waiting.keys():
                self._waiting[phase] = {}
                self._inside |= waiting.keys()
                for opened in waiting.values():
                    if not opened.done():
                        opened.set_result(None)
                return


class WaveGate:
    """One chain's place in its cohort. A new place counts as inside, so that the first wave waits for all of them."""

    def __init__(self, cohort: Cohort) -> None:
        self._cohort = cohort
        cohort.enter(self)

    @asynccontextmanager
    async def user_wave(self) -> AsyncIterator[None]:
        await self._cohort.arrive(self, "user")
        yield

    @asynccontextmanager
    async def agent_wave(self) -> AsyncIterator[None]:
        await self._cohort.arrive(self, "agent")
        yield

    def leave(self) -> None:
        self._cohort.leave(self)


def gates(resources: Resources, places: int) -> list[Gate]:
    """A gate for each of `places` chains. turn_sync has two cohorts where user and agent have engines apart, else one.

    With two, one engine answers the first cohort while the other answers the second, and neither idles.
    """
    if resources.schedule == "continuous":
        return [OpenGate() for _ in range(places)]
    cohorts = [Cohort() for _ in range(2 if resources.user.urls else 1)]
    return [WaveGate(cohorts[index % len(cohorts)]) for index in range(places)]
