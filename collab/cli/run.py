"""`collab run`: create, extend or resume a run, and play what is owed."""

from pathlib import Path
from typing import Annotated, Any

import typer

from collab.errors import ExitCode, WrongInput


def _option(text: str, variable: str = "", *flags: str) -> Any:
    return typer.Option(*flags, help=text, envvar=f"COLLAB_{variable}" if variable else None, show_default=False)


def run(
    spec: Annotated[
        Path | None, typer.Argument(help="A YAML file of settings, or a preset: quickstart, plumbing.")
    ] = None,
    config: Annotated[Path | None, _option("The same as SPEC.", "CONFIG")] = None,
    methods: Annotated[str | None, _option("Arms, by comma; your own as ./file.py:Class.", "METHODS")] = None,
    datasets: Annotated[str | None, _option("Datasets, by comma.", "DATASETS")] = None,
    data_dir: Annotated[str | None, _option("Where problem sets lie.", "DATA_DIR")] = None,
    n_profiles: Annotated[int | None, _option("How many people.", "N_PROFILES")] = None,
    n_sessions: Annotated[int | None, _option("Sessions per person and arm.", "N_SESSIONS")] = None,
    max_turns: Annotated[int | None, _option("Agent replies per session.", "MAX_TURNS")] = None,
    repeats: Annotated[int | None, _option("Chains per person and arm.", "REPEATS")] = None,
    seed: Annotated[int | None, _option("Everything random derives from it.", "SEED")] = None,
    profile_path: Annotated[str | None, _option("generated:N, or a file of profiles.", "PROFILE_PATH")] = None,
    in_force: Annotated[str | None, _option("Mean preferences in force, or all.", "IN_FORCE")] = None,
    user: Annotated[str | None, _option("Who plays the person: rule.", "USER_KIND")] = None,
    opening: Annotated[str | None, _option("full, or vague: givens on request.", "OPENING")] = None,
    engine: Annotated[str | None, _option("embedded (default) or scripted.", "ENGINE")] = None,
    vllm_agent_url: Annotated[str | None, _option("Agent server instead of an engine.", "VLLM_AGENT_URL")] = None,
    vllm_user_url: Annotated[str | None, _option("Server of the user model.", "VLLM_USER_URL")] = None,
    use_vllm: Annotated[bool, _option("Accepted; it is the case anyway.")] = False,
    schedule: Annotated[str | None, _option("continuous or turn_sync.", "SCHEDULE")] = None,
    parallel_profiles: Annotated[int | None, _option("Chains in flight.", "PARALLEL_PROFILES")] = None,
    wall_clock: Annotated[float | None, _option("Drain after this many seconds.", "WALL_CLOCK")] = None,
    output_dir: Annotated[Path | None, _option("Run folder [results/NAME-PROTOCOL].", "OUTPUT_DIR")] = None,
    name: Annotated[str | None, _option("Begins the folder's name.", "NAME")] = None,
    assign: Annotated[list[str] | None, _option("Any setting: a.b=c. May repeat.", "", "--set")] = None,
    dry_run: Annotated[bool, _option("Print the resolved run and start nothing.")] = False,
) -> None:
    """Play people against an agent; the same command resumes."""
    from collab.cli import launch
    from collab.cli.settings import named_after, number_or_all, put, put_all, read_file, spec_of

    if spec is not None and config is not None:
        raise WrongInput("--config", "a second file", "one: SPEC and --config mean the same")
    file = spec or config
    settings = read_file(file) if file else {}
    put(settings, "extent.arms", methods.split(",") if methods else None)
    put(settings, "protocol.datasets", datasets.split(",") if datasets else None)
    put(settings, "protocol.in_force", number_or_all(in_force, "--in-force"))
    put(settings, "protocol.max_turns", max_turns)
    put(settings, "protocol.seed", seed)
    put(settings, "protocol.user.kind", user)
    put(settings, "protocol.user.opening", opening)
    put(settings, "extent.profiles", profile_path)
    put(settings, "extent.people", n_profiles if n_profiles is not None else _count(profile_path))
    put(settings, "extent.sessions", n_sessions)
    put(settings, "extent.repeats", repeats)
    put(settings, "resources.data_dir", data_dir)
    put(settings, "resources.engine", "url" if vllm_agent_url and not engine else engine)
    put(settings, "resources.agent.urls", [vllm_agent_url] if vllm_agent_url else None)
    put(settings, "resources.user.urls", [vllm_user_url] if vllm_user_url else None)
    put(settings, "resources.schedule", schedule)
    put(settings, "resources.parallel_profiles", parallel_profiles)
    put(settings, "resources.wall_clock_s", wall_clock)
    put(settings, "name", name or (named_after(file) if file and "name" not in settings else None))
    put_all(settings, assign or [])
    built = spec_of(settings, str(file) if file else "settings")
    code = launch.dry_run(built, output_dir) if dry_run else launch.run(built, output_dir)
    if code is not ExitCode.DONE:
        raise typer.Exit(int(code))


def _count(profile_path: str | None) -> int | None:
    """`generated:N` says how many people there are."""
    kind, _, count = (profile_path or "").partition(":")
    return int(count) if kind == "generated" and count.isdecimal() else None
