"""From a spec to a finished worker: the run folder, the servers, the chains."""

import asyncio
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from collab import __version__
from collab.engines import Report
from collab.engines.install import install
from collab.errors import ExitCode, WrongInput
from collab.inference.tokens import TokenCounter
from collab.people.bank_loader import load_bank
from collab.people.person import Person
from collab.people.profiles import load_people
from collab.problems.datasets import dataset
from collab.problems.grading import GradingWorker
from collab.runner.chain import ChainPlan
from collab.runner.drain import Drain
from collab.runner.progress import STARTING, Progress
from collab.runner.runner import Worker, finished, marks_of, owed, planned_chains
from collab.runner.servers import identified, servers
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


async def planned(spec: RunSpec, output_dir: Path | None, report: Report) -> Plan:
    """Settle everything that can be wrong before anything is written. Raises WrongInput."""
    people = refuse_impossible(spec)
    if spec.resources.engine == "embedded":
        await asyncio.to_thread(install, report)
    spec = await identified(spec)
    spec = spec.model_copy(update={"protocol": spec.protocol.model_copy(update={"versions": versions()})})
    folder = output_dir or Path("results") / f"{spec.name}-{spec.protocol_fingerprint()}"
    return Plan(spec, people, folder)


def refuse_impossible(spec: RunSpec) -> Sequence[Person]:
    """Everything that can be told without a server: datasets, people, methods and their options. Raises WrongInput."""
    for name in spec.protocol.datasets:
        dataset(name)
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
    """Create, extend or resume the run and play what is owed."""
    with only_worker(plan.folder):
        return await _run_alone(plan, drain, screen)


async def _run_alone(plan: Plan, drain: Drain, screen: Screen) -> tuple[RunFolder, ExitCode]:
    spec = plan.spec
    folder, said = RunFolder.create_or_extend(plan.folder, spec, marks_of(plan.people), provenance())
    plans, found = owed(folder, planned_chains(spec, plan.people))
    total = len(plan.people) * len(spec.extent.arms) * spec.extent.repeats * spec.extent.sessions
    screen.say(f"{folder.path}: {said}; {found.total()} of {total} sessions are there")
    if not plans:
        write_views(folder)
        return folder, finished(folder)
    arms = spec.extent.arms
    followed = next((arm for arm in arms if arm.method != "vanilla" and not arm.needs_profile), arms[0])
    progress = Progress(
        planned=total,
        found=found.total(),
        arms=tuple(arm.name for arm in arms),
        by_arm=found,
        follow=(followed.name, plans[0].person.id),
    )
    playing = asyncio.create_task(_play(plan, folder, plans, drain, progress, screen), name="playing")
    watchers = [
        asyncio.create_task(_stop_at(drain, spec.resources.wall_clock_s)),
        asyncio.create_task(_stop_before_work(drain, progress, playing)),
    ]
    try:
        return folder, await playing
    except asyncio.CancelledError:
        if not drain.began.is_set():
            raise
        return folder, drain.exit_code
    finally:
        for watcher in watchers:
            watcher.cancel()


async def _play(
    plan: Plan, folder: RunFolder, plans: Sequence[ChainPlan], drain: Drain, progress: Progress, screen: Screen
) -> ExitCode:
    spec = plan.spec
    protocol = spec.protocol
    name = f"{socket.gethostname()}-{os.getpid()}"
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
        worker = Worker(folder, spec, world, drain, progress, name)
        progress.restart_clock()
        shown = asyncio.create_task(screen.watch(progress), name="screen")
        work = asyncio.create_task(worker.work(plans), name="work")
        lost = asyncio.create_task(running.engine.until_lost(), name="engine") if running.engine else None
        try:
            await asyncio.wait([work, *([lost] if lost else [])], return_when=asyncio.FIRST_COMPLETED)
            if lost is not None and lost.done() and not work.done():
                lost.result()
            return await work
        finally:
            for task in (shown, work, lost):
                if task is not None:
                    task.cancel()
            await asyncio.gather(shown, work, *([lost] if lost else []), return_exceptions=True)


async def _stop_before_work(drain: Drain, progress: Progress, playing: asyncio.Task[ExitCode]) -> None:
    """While engines start, nobody else listens to the drain. From the first session on, the worker does."""
    await drain.began.wait()
    if progress.phase == STARTING:
        playing.cancel()


async def _stop_at(drain: Drain, wall_clock_s: float | None) -> None:
    if wall_clock_s is not None:
        await asyncio.sleep(wall_clock_s)
        drain.begin(f"the wall clock of {wall_clock_s:g} s is used up")


def provenance() -> dict[str, Any]:
    """Which code, on which machine. No environment: keys live there."""
    packages = ("aiohttp", "pydantic", "math-verify", "sympy", "numpy")
    return {
        "collab": __version__,
        "commit": _git("rev-parse", "HEAD"),
        "dirty": bool(_git("status", "--porcelain")),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "packages": {name: version(name) for name in packages},
    }


def _git(*words: str) -> str:
    here = Path(__file__).parent
    done = subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
