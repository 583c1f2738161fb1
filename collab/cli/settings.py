"""From flags, environment, file and defaults to one spec. Flag > environment > file > default."""

import re
from pathlib import Path
from typing import Any

import yaml

from collab.errors import WrongInput
from collab.resources import StrictLoader, preset
from collab.spec import RunSpec, build_spec

Settings = dict[str, Any]


def read_file(path: Path) -> Settings:
    """A YAML file of settings, or a preset by name. Raises WrongInput with the line."""
    path = preset(path)
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)
    except UnicodeDecodeError:
        raise WrongInput(str(path), "bytes that are no UTF-8", "a YAML file in UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise WrongInput(where, str(getattr(error, "problem", error)), "YAML") from None
    if not isinstance(found, dict):
        raise WrongInput(str(path), type(found).__name__, "a mapping of settings")
    return found


def named_after(file: Path) -> str:
    """A run is called after its file, where the file does not say otherwise."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", file.stem).strip(".-")[:40] or "run"


def put(settings: Settings, key: str, value: Any) -> None:
    """Set `a.b.c`; None leaves it as it is."""
    if value is None:
        return
    *parents, last = key.split(".")
    place = settings
    for parent in parents:
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            raise WrongInput(f"--set {key}", f"a value at {parent}", "a section")
    place[last] = value


def put_all(settings: Settings, assignments: list[str]) -> None:
    """`--set a.b=c`, the value read as YAML."""
    for assignment in assignments:
        key, found, value = assignment.partition("=")
        if not found or not key:
            raise WrongInput("--set", repr(assignment), "key=value, e.g. protocol.agent.sampling.temperature=0.2")
        try:
            put(settings, key, yaml.safe_load(value))
        except yaml.YAMLError:
            raise WrongInput(f"--set {key}", repr(value), "a YAML value") from None


def spec_of(settings: Settings, where: str) -> RunSpec:
    """The spec; arms may be given in a file as names or as mappings."""
    from collab.runner.methods import completed_arm, named_arm

    extent = settings.setdefault("extent", {})
    if isinstance(extent, dict):
        arms = extent.get("arms", ["vanilla"])
        if isinstance(arms, list):
            extent["arms"] = [named_arm(arm).model_dump() if isinstance(arm, str) else arm for arm in arms]
    spec = build_spec(settings, where)
    completed = spec.extent.model_copy(update={"arms": tuple(completed_arm(arm) for arm in spec.extent.arms)})
    return spec.model_copy(update={"extent": completed})


def number_or_all(text: str | None, flag: str) -> int | str | None:
    """`3` or `all`."""
    if text is None or text == "all":
        return text
    if not text.isdecimal():
        raise WrongInput(flag, repr(text), "a number, or all")
    return int(text)
