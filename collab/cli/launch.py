"""Behind `collab run`: a spec becomes a run that a person can watch."""

import asyncio
from pathlib import Path

from collab.analysis import frames, tables
from collab.cli.screen import console, screen_for
from collab.errors import Drained, ExitCode, WrongInput
from collab.runner import start
from collab.runner.drain import Drain
from collab.spec import RunSpec


def run(spec: RunSpec, output_dir: Path | None) -> ExitCode:
    """Play the run and print its table; whatever stops it early is said with the way on."""
    refuse_unbuilt(spec)
    on = console()
    screen = screen_for(on)

    drain = Drain()

    async def play() -> tuple[Path, ExitCode]:
        with drain.on_signals():
            plan = await start.planned(spec, output_dir, drain, screen.report)
            folder, code = await start.run(plan, drain, screen)
            return folder.path, code

    try:
        path, code = asyncio.run(play())
    except Drained as stopped:
        on.print(f"Stopped before anything was written: {stopped}.", markup=False)
        return drain.exit_code
    frame = frames.load(path)
    asked = [arm.name for arm in spec.extent.arms]
    if any(row.played for row in frame.rows):
        tables.print_by_arm(on, frame.only(asked))
    others = [arm for arm in frame.arms if arm not in asked]
    if others:
        on.print(f"This run has other arms too: {', '.join(others)}. `collab results {path}` shows all.", markup=False)
    on.print(ending(code, path, drain.reason), soft_wrap=True, markup=False)
    return code


def ending(code: ExitCode, path: Path, reason: str) -> str:
    """What happened, and the next command."""
    if code in (ExitCode.DRAINED, ExitCode.INTERRUPTED):
        why = reason or "sessions are missing"
        return f"Stopped early ({why}). Nothing that was committed is lost; the same command goes on: {path}"
    if code is ExitCode.FAILED_SESSIONS:
        return f"Done, with failed sessions (see status and failure in {path}/results.json)."
    return f"Done: {path}"


def dry_run(spec: RunSpec, output_dir: Path | None) -> ExitCode:
    """Print the resolved spec, the chains, and the calls to expect; start and write nothing."""
    refuse_unbuilt(spec)
    people = start.refuse_impossible(spec)
    chains = len(people) * len(spec.extent.arms) * spec.extent.repeats
    sessions = chains * spec.extent.sessions
    on = console()
    on.print_json(spec.model_dump_json())
    on.print(
        f"{len(spec.extent.arms)} arms × {len(people)} people × {spec.extent.repeats} repeats = {chains} chains, "
        f"{sessions} sessions, at most {sessions * spec.protocol.max_turns} agent calls, into "
        f"{output_dir or f'results/{spec.name}-<protocol>'}",
        markup=False,
    )
    return ExitCode.DONE


def refuse_unbuilt(spec: RunSpec) -> None:
    """The model-played user has its place in the spec before it has one in the program."""
    if spec.protocol.user.kind == "llm" or spec.resources.user.urls:
        found = "llm" if spec.protocol.user.kind == "llm" else "a user server"
        raise WrongInput("--user, --vllm-user-url", found, "the rule user", "The model-played user is not built yet.")
