"""From a spec to a finished worker: what is settled before, the run folder, the servers, the chains."""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from collab.engines import Report
from collab.errors import Drained, ExitCode, WrongInput
from collab.inference.tokens import TokenCounter
from collab.people.person import Person
from collab.people.preference_bank import load_bank
from collab.people.profiles import load_people
from collab.problems.datasets import dataset
from collab.problems.grading import GradingWorker
from collab.runner.chain import ChainPlan
from collab.runner.drain import Drain
from collab.runner.progress import STARTING, Progress
from collab.runner.provenance import provenance
from collab.runner.runner import Worker, finished, marks_of, owed, planned_chains
from collab.runner.servers import identified, install_engine, servers
from collab.runner.versions import versions
from collab.session.calls import Served
from collab.session.session import World
from collab.spec import RunSpec
from collab.store.run_folder import RunFolder, only_worker
from collab.store.views import write_views


class Screen(Protocol):
    """Whatever shows a run while it goes on."""

    def report(self, phase: str, detail: str) -> None:
        """Set-up and engines: what is going on before the first session."""

    def say(self, line: str) -> None:
        """One line that stays."""

    async def watch(self, progress: Progress) -> None:
        """Show `progress` until cancelled."""


@dataclass(frozen=True)
class Plan:
    """A spec whose model is identified, with its people and its folder's path."""

    spec: RunSpec
    people: Sequence[Person]
    folder: Path


async def planned(spec: RunSpec, output_dir: Path | None, drain: Drain, report: Report) -> Plan:
    """Settle everything that can be wrong before anything is written. Raises WrongInput, or Drained when stopped."""
    people = refuse_impossible(spec)
    settling = asyncio.create_task(_settled(spec, report))
    stopped = asyncio.create_task(drain.began.wait())
    await asyncio.wait([settling, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not settling.done():
        settling.cancel()
        with suppress(asyncio.CancelledError):
            await settling
    drain.check()
    spec = await settling
    return Plan(spec, people, output_dir or Path("results") / f"{spec.name}-{spec.protocol_fingerprint()}")


async def _settled(spec: RunSpec, report: Report) -> RunSpec:
    if spec.resources.engine == "embedded":
        await install_engine(report)
    spec = await identified(spec)
    return spec.model_copy(update={"protocol": spec.protocol.model_copy(update={"versions": versions()})})


def refuse_impossible(spec: RunSpec) -> Sequence[Person]:
    """Everything that can be told without a server: datasets, people, methods and their options. Raises WrongInput."""
    for name in spec.protocol.datasets:
        dataset(name)
    if spec.resources.data_dir and not Path(spec.resources.data_dir).is_dir():
        raise WrongInput("--data-dir", spec.resources.data_dir, "a folder that exists")
    people = people_of(spec)
    planned_chains(spec, people)
    return people


def people_of(spec: RunSpec) -> Sequence[Person]:
    """The people of the extent: `generated` makes as many as are asked for, a file must hold enough."""
    source = spec.extent.profiles
    source = f"generated:{spec.extent.people}" if source == "generated" else source
    people = load_people(source, spec.protocol.values)
    if len(people) < spec.extent.people:
        raise WrongInput("--n-profiles", str(spec.extent.people), f"at most {len(people)}, all that {source} holds")
    return people[: spec.extent.people]


async def run(plan: Plan, drain: Drain, screen: Screen) -> tuple[RunFolder, ExitCode]:
    """Create, extend or resume the run and play what is owed. Raises what ends a worker."""
    spec = plan.spec
    with only_worker(plan.folder):
        folder, said = RunFolder.create_or_extend(plan.folder, spec, marks_of(plan.people), provenance())
        chains = planned_chains(spec, plan.people)
        left, found = owed(folder, chains)
        progress = _progress(spec, chains, found.total())
        progress.by_arm.update(found)
        screen.say(f"{folder.path}: {said}; {progress.found} of {progress.planned} sessions are there")
        if left:
            with suppress(Drained):
                await _until_drained(plan, folder, left, drain, progress, screen)
        write_views(folder)
        return folder, drain.exit_code if drain.began.is_set() else finished(folder, chains)


def _progress(spec: RunSpec, chains: Sequence[ChainPlan], found: int) -> Progress:
    """Follows the dialogue of the first person with the first arm that remembers by itself."""
    arms = spec.extent.arms
    followed = next((arm for arm in arms if arm.method != "vanilla" and not arm.needs_profile), arms[0])
    return Progress(
        planned=len(chains) * spec.extent.sessions,
        found=found,
        arms=tuple(arm.name for arm in arms),
        follow=(followed.name, chains[0].person.id),
    )


async def _until_drained(
    plan: Plan, folder: RunFolder, chains: Sequence[ChainPlan], drain: Drain, progress: Progress, screen: Screen
) -> None:
    """While engines start, nobody listens to the drain but this; from the first session on, the worker does."""
    playing = asyncio.create_task(_play(plan, folder, chains, drain, progress, screen), name="playing")
    clock = asyncio.create_task(_stop_at(drain, plan.spec.resources.wall_clock_s))
    stopped = asyncio.create_task(drain.began.wait())
    try:
        await asyncio.wait([playing, stopped], return_when=asyncio.FIRST_COMPLETED)
        if progress.phase == STARTING and not playing.done():
            playing.cancel()
        await playing
    except asyncio.CancelledError:
        if not drain.began.is_set():
            raise
    finally:
        clock.cancel()
        stopped.cancel()


async def _play(
    plan: Plan, folder: RunFolder, chains: Sequence[ChainPlan], drain: Drain, progress: Progress, screen: Screen
) -> None:
    spec = plan.spec
    protocol = spec.protocol
    async with servers(spec, folder.path / "logs", screen.report) as running, GradingWorker() as grader:
        agent = Served(running.agent, protocol.agent.model)
        world = World(
            protocol=protocol,
            bank=load_bank(),
            roles={"agent": agent, "memory": agent},
            tokens=TokenCounter(protocol.tokenizer, running.agent, protocol.agent.model),
            grader=grader,
            data_dir=Path(spec.resources.data_dir) if spec.resources.data_dir else None,
            before_call=drain.check,
            on_turn=progress.heard,
        )
        worker = Worker(folder, spec, world, drain, progress, f"{socket.gethostname()}-{os.getpid()}")
        progress.restart_clock()
        shown = asyncio.create_task(screen.watch(progress), name="screen")
        work = asyncio.create_task(worker.work(chains), name="work")
        beside = [asyncio.create_task(running.engine.until_lost(), name="engine")] if running.engine else []
        try:
            done, _ = await asyncio.wait([work, *beside], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (shown, work, *beside):
                task.cancel()
            await asyncio.gather(shown, work, *beside, return_exceptions=True)


async def _stop_at(drain: Drain, wall_clock_s: float | None) -> None:
    if wall_clock_s is not None:
        await asyncio.sleep(wall_clock_s)
        drain.begin(f"the wall clock of {wall_clock_s:g} s is used up")
