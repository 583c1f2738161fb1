"""One worker: takes chains, plays them, stops when asked, and leaves the views behind."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from collab.errors import Drained, ExitCode
from collab.identity import fingerprint
from collab.people.person import Person
from collab.records import Status
from collab.runner.chain import ChainPlan, play_chain
from collab.runner.drain import GRACE_S, Drain
from collab.runner.gate import gates
from collab.runner.methods import factory
from collab.runner.progress import Progress
from collab.session.gate import Gate
from collab.session.session import World
from collab.spec import RunSpec
from collab.store.chain import Chain, ChainKey, TakenOver
from collab.store.run_folder import RunFolder
from collab.store.standing import forget_dead_workers

STATUS_EVERY_S = 2.0


def planned_chains(spec: RunSpec, people: Sequence[Person]) -> list[ChainPlan]:
    """The chains of the extent, person by person. Raises WrongInput for an arm that cannot be made."""
    makers = {arm.name: factory(arm) for arm in spec.extent.arms}
    return [
        ChainPlan(arm, makers[arm.name], person, repeat, spec.extent.sessions)
        for person in people[: spec.extent.people]
        for repeat in range(spec.extent.repeats)
        for arm in spec.extent.arms
    ]


def owed(folder: RunFolder, plans: Sequence[ChainPlan]) -> tuple[list[ChainPlan], Counter[str]]:
    """The chains with sessions left to play, and how many sessions of each arm are there already."""
    left, found = [], Counter[str]()
    for plan in plans:
        there = min(len(folder.records(plan_key(plan))), plan.sessions)
        found[plan.arm.name] += there
        if there < plan.sessions:
            left.append(plan)
    return left, found


def plan_key(plan: ChainPlan) -> ChainKey:
    return ChainKey(plan.arm.name, plan.person.id, plan.repeat)


class Worker:
    """Plays `plans` into `folder`, `parallel_profiles` chains at a time."""

    def __init__(
        self, folder: RunFolder, spec: RunSpec, world: World, drain: Drain, progress: Progress, name: str
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._world = world
        self._drain = drain
        self._progress = progress
        self._name = name

    async def work(self, plans: Sequence[ChainPlan]) -> None:
        """Play until all is done or the drain began. Raises what ends a worker: engine lost, disk full, wrong key."""
        queue = iter(plans)
        places = min(self._spec.resources.parallel_profiles, len(plans))
        lanes = [
            asyncio.create_task(self._lane(queue, gate), name=f"chains-{index}")
            for index, gate in enumerate(gates(self._spec.resources, places))
        ]
        status = asyncio.create_task(self._write_status(), name="status")
        stopper = asyncio.create_task(self._cancel_after_grace(lanes), name="stopper")
        forget_dead_workers(self._folder.path)
        self._progress.phase = "working"
        try:
            await _all_or_first_error(lanes)
        finally:
            for task in (status, stopper):
                task.cancel()
            await asyncio.gather(status, stopper, return_exceptions=True)
            self._progress.phase = self._drain.reason or "ended"
            self._progress.write(self._folder.path, self._name)

    async def _lane(self, queue: Iterator[ChainPlan], gate: Gate) -> None:
        """One chain after another; all lanes pull from the same queue."""
        for plan in queue:
            if self._drain.began.is_set():
                return
            chain = await asyncio.to_thread(
                Chain.take, self._folder.path, plan_key(plan), self._name, self._marks(plan)
            )
            self._progress.torn_bytes += chain.torn_bytes
            try:
                await play_chain(self._world, plan, chain, gate, self._progress.committed)
            except Drained:
                return
            except TakenOver:
                continue
            finally:
                gate.leave()

    def _marks(self, plan: ChainPlan) -> dict[str, str]:
        return {
            "protocol": self._folder.file.protocol,
            "arm": self._folder.file.arms[plan.arm.name],
            "person": self._folder.file.people[plan.person.id],
        }

    async def _write_status(self) -> None:
        while True:
            await asyncio.to_thread(self._progress.write, self._folder.path, self._name)
            await asyncio.sleep(STATUS_EVERY_S)

    async def _cancel_after_grace(self, lanes: Sequence[asyncio.Task[None]]) -> None:
        await self._drain.began.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._drain.impatient.wait(), GRACE_S)
        for lane in lanes:
            lane.cancel()


async def _all_or_first_error(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for all; on the first error cancel the rest and raise it. A cancelled lane is a drained one."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION) if tasks else (set(), set())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


def finished(folder: RunFolder, plans: Sequence[ChainPlan]) -> ExitCode:
    """Whether these chains owe nothing, and all their sessions can be counted, earlier starts' too."""
    failed = False
    for plan in plans:
        records = folder.records(plan_key(plan))
        if len(records) < plan.sessions:
            return ExitCode.DRAINED
        failed = failed or any(record.status is not Status.OK for record in records)
    return ExitCode.FAILED_SESSIONS if failed else ExitCode.DONE


def marks_of(people: Sequence[Person]) -> dict[str, str]:
    """Fingerprints by person id, in order."""
    return {person.id: fingerprint(person.model_dump(mode="json")) for person in people}
