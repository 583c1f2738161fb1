"""Wrong input in words: the nearest known name, and what pydantic found wrong as one sentence of ours."""

import difflib
import re
import traceback
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from collab.errors import WrongInput


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """One sentence naming the nearest of `known`, or an empty string when nothing is near."""
    near = difflib.get_close_matches(found, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else ""


def first_fault(where: str, error: ValidationError, model: type[BaseModel]) -> WrongInput:
    """The first fault of `error` with the field's path and what was found.

    An unknown field goes before a missing one, which is most often the same field misspelt.
    """
    fault = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
    place = f"{where}: {path}" if path else where
    if fault["type"] == "extra_forbidden":
        known = _fields_at(model, [str(part) for part in fault["loc"][:-1]])
        mend = did_you_mean(str(fault["loc"][-1]), known)
        return WrongInput(place, "an unknown field", f"one of {', '.join(known)}", mend)
    found = "nothing" if fault["type"] == "missing" else without_credentials(shortened(repr(fault["input"])))
    return WrongInput(place, found, fault["msg"].removeprefix("Input should be ").removeprefix("Value error, "))


def without_credentials(text: str) -> str:
    """`text` with the user and password of any URL in it blotted out."""
    return re.sub(r"(://)[^/@\s'\"]+@", r"\1[…]@", text)


def raised_at(error: BaseException) -> str:
    """` (file.py:12)`: the innermost line of a method's own that an error came from, or nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def shortened(text: str, limit: int = 80) -> str:
    """`text`, cut where it is longer than an error message wants."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _fields_at(model: type[BaseModel], path: Iterable[str]) -> list[str]:
    """The fields of the model that stands at `path` inside `model`, as far as it can be followed."""
    for part in path:
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        held = [annotation, *getattr(annotation, "__args__", ())]
        inner = [kind for kind in held if isinstance(kind, type) and issubclass(kind, BaseModel)]
        model = inner[0] if inner else model
    return list(model.model_fields)
