"""From the name of a method to its class: installed entry points, or a file anybody wrote."""

import importlib.util
import inspect
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from collab.adapter import Adapter
from collab.errors import CollabError, WrongInput
from collab.identity import fingerprint
from collab.refusals import did_you_mean, first_fault
from collab.spec import ArmSpec

GROUP = "collab.adapters"

Factory = Callable[[], Adapter]


def installed() -> dict[str, EntryPoint]:
    """Methods that packages offer, by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def named_arm(text: str) -> ArmSpec:
    """The default arm of a method: `vanilla`, or `path.py:Class`, whose arm is named after the class."""
    if text.endswith((".py", ".py:")):
        raise WrongInput("--methods", text, "the class too", f"Say {text.rstrip(':')}:Class")
    try:
        arm = ArmSpec(name=text.rpartition(":")[2], method=text)
    except ValidationError as error:
        raise first_fault(f"--methods {text!r}", error, ArmSpec) from None
    return completed_arm(arm)


def completed_arm(arm: ArmSpec) -> ArmSpec:
    """`arm` with what its method's class and file say about it."""
    loaded = load_method(arm.method)
    path, given, _ = arm.method.rpartition(":")
    source = fingerprint(Path(path).read_text(encoding="utf-8")) if given else ""
    known = {"source": source, "version": loaded.version, "needs_profile": loaded.needs_profile}
    return arm.model_copy(update=known)


def load_method(method: str) -> type[Adapter]:
    """The class behind a method's name. Raises WrongInput with the nearest known name."""
    loaded = _from_file(method) if ":" in method else _from_entry_point(method)
    if not (inspect.isclass(loaded) and issubclass(loaded, Adapter)):
        raise WrongInput("--methods", f"{method}, a {type(loaded).__name__}", "a subclass of collab.adapter.Adapter")
    return loaded


def factory(arm: ArmSpec) -> Factory:
    """Makes one adapter per chain. Options the constructor does not know are refused here, before anything starts."""
    loaded = load_method(arm.method)
    known = [name for name in inspect.signature(loaded).parameters if name != "self"]
    for option in arm.options:
        if option not in known:
            raise WrongInput(
                f"arm {arm.name}: options.{option}",
                "an unknown option",
                f"one of {', '.join(known) or 'none: this method has no options'}",
                did_you_mean(option, known),
            )
    try:
        method = loaded(**arm.options)
        loaded(**arm.options).import_state(method.export_state())
    except CollabError:
        raise
    except Exception as error:
        raise WrongInput(
            f"arm {arm.name}: options", f"{type(error).__name__}: {error}", "options it can be made with"
        ) from None
    return lambda: loaded(**arm.options)


def _from_entry_point(name: str) -> Any:
    known = installed()
    if name not in known:
        mend = did_you_mean(name, known) or "A method of your own is given as ./file.py:Class."
        raise WrongInput("--methods", repr(name), f"one of {', '.join(sorted(known))}", mend)
    return known[name].load()


def _from_file(text: str) -> Any:
    path, _, name = text.rpartition(":")
    file = Path(path)
    if not file.is_file():
        raise WrongInput("--methods", f"{path}, which is no file", "./file.py:Class")
    spec = importlib.util.spec_from_file_location(f"collab_method_{fingerprint(str(file.resolve()))}", file)
    assert spec is not None and spec.loader is not None, "a .py file has a loader"
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise WrongInput(str(file), f"{type(error).__name__}: {error}", "a Python file that can be imported") from error
    if not hasattr(module, name):
        classes = [key for key, value in vars(module).items() if inspect.isclass(value) and issubclass(value, Adapter)]
        raise WrongInput(str(file), f"no {name}", f"one of {', '.join(classes) or 'its classes (it has none)'}")
    return getattr(module, name)
