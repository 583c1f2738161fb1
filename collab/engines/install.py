"""Installs the embedded engine: its environment and its model. `python -m collab.engines.install` does it in words."""

import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from collab.engines import Report, environment, model
from collab.engines.steps import Phase, Steps, one_at_a_time
from collab.errors import CollabError, StoreFull

RECORD = "collab-install.json"
DISK_GB = 6.0  # 2.0 installed, as much again in uv's cache where that is another file system, 0.4 model, and air


@dataclass(frozen=True, slots=True)
class Installed:
    """A finished installation: the Python that has vLLM, and the folder of the model it serves."""

    python: Path
    model: Path


def installed() -> Installed | None:
    """The installation if it is complete and of this version's pins; costs milliseconds."""
    folder = environment.environment_folder()
    if built(folder) and model.model_folder().is_dir():
        return Installed(environment.engine_python(folder), model.model_folder())
    return None


def built(folder: Path) -> bool:
    try:
        kept = json.loads((folder / RECORD).read_text())
    except (OSError, ValueError):
        return False
    return bool(kept.get("key") == environment.environment_key() and environment.engine_python(folder).exists())


def install(report: Report) -> Installed:
    """The installation, made where it is missing. A second caller waits for the first; an interrupted one is redone.

    Phases with wall seconds and MB downloaded are kept in `collab-install.json` in the environment's folder.
    Raises Unusable, WrongInput or StoreFull.
    """
    if done := installed():
        return done
    folder = environment.environment_folder()
    with one_at_a_time(folder, report) as lock:
        steps = Steps(report, lock)
        python = environment.engine_python(folder)
        if not built(folder):
            refuse_full_disk(folder)
            environment.build(folder, steps)
            write_record(folder, steps.phases)
        before = len(steps.phases)
        served = model.prepare(python, steps)
        if steps.phases[before:]:
            write_record(folder, recorded(folder) + steps.phases[before:])
        return Installed(python, served)


def write_record(folder: Path, phases: list[Phase]) -> None:
    """After the environment is whole, since the record's presence says so; once more when the model is."""
    kept = {
        "key": environment.environment_key(),
        "torch": environment.TORCH,
        "seconds": round(sum(phase.seconds for phase in phases), 1),
        "megabytes": round(sum(phase.megabytes for phase in phases), 1),
        "phases": [asdict(phase) for phase in phases],
    }
    fresh = folder / f"{RECORD}.tmp"
    fresh.write_text(json.dumps(kept, indent=2) + "\n")
    fresh.replace(folder / RECORD)


def recorded(folder: Path) -> list[Phase]:
    return [Phase(**kept) for kept in json.loads((folder / RECORD).read_text())["phases"]]


def refuse_full_disk(folder: Path) -> None:
    existing = next(parent for parent in [folder, *folder.parents] if parent.exists())
    free = shutil.disk_usage(existing).free / 1e9
    if free < DISK_GB:
        raise StoreFull(
            f"{existing}: {free:.1f} GB free, but the engine takes {DISK_GB:.0f}. Make room, or set COLLAB_ENGINE_ENV."
        )


def main() -> int:
    """Install, or with --check only tell by the exit code whether nothing is left to do."""
    if sys.argv[1:] == ["--check"]:
        return 0 if installed() else 1
    began = time.monotonic()

    def report(phase: str, detail: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {phase}: {detail}", flush=True)

    try:
        done = install(report)
    except CollabError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("Interrupted; the same command starts over where it must.", file=sys.stderr)
        return 130
    report("ready", f"{done.python} serves {done.model}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
