"""What pydantic found wrong, as one message of ours."""

from pydantic import BaseModel, ValidationError

from collab.errors import WrongInput
from collab.problems.nearest import did_you_mean


def first_fault(where: str, error: ValidationError, model: type[BaseModel]) -> WrongInput:
    """The first fault of `error` with the field's path and what was found.

    An unknown field goes before a missing one, which is most often the same field misspelt.
    """
    fault = min(error.errors(), key=lambda f: f["type"] != "extra_forbidden")
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
    if fault["type"] == "extra_forbidden":
        name = str(fault["loc"][-1])
        return WrongInput(
            f"{where}: {path}", f"unknown field {name!r}", "a known field", did_you_mean(name, fields(model))
        )
    found = "nothing" if fault["type"] == "missing" else shortened(repr(fault["input"]))
    return WrongInput(f"{where}: {path}" if path else where, found, fault["msg"])


def fields(model: type[BaseModel]) -> set[str]:
    """The names of the fields of `model` and of the models that it holds one level down."""
    names = set(model.model_fields)
    for info in model.model_fields.values():
        inner = [info.annotation, *getattr(info.annotation, "__args__", ())]
        names |= {n for t in inner if isinstance(t, type) and issubclass(t, BaseModel) for n in t.model_fields}
    return names


def shortened(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 3] + "..."
