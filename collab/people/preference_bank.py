"""The preference bank: every value that a person can hold, read from one YAML file per family."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collab.errors import WrongInput
from collab.people.checkers import CHECKERS
from collab.problems.problem import TAGS
from collab.refusals import did_you_mean, first_fault
from collab.resources import StrictLoader
from collab.sentences import plain


class Value(BaseModel):
    """One of the rival values of a dimension. `demands` are what a person says; `note` is what a prompt says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$", description="dimension.value")
    dimension: str
    family: str
    sentence: str = Field(pattern=r"^You prefer .+\.$")
    enforce_if: str = Field(pattern=r"^Enforce if .+\.$")
    condition: str
    note: str = Field(pattern=r"^[A-Z].+\.$")
    demands: tuple[str, ...] = Field(min_length=5)
    checker: str | None
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bank:
    """values: id to Value, in file order; `clashes` of a Value are symmetric here, whichever side the file names."""

    values: Mapping[str, Value]

    @property
    def dimensions(self) -> Mapping[str, tuple[Value, ...]]:
        """The rival values of each dimension, in file order."""
        rivals: dict[str, list[Value]] = {}
        for value in self.values.values():
            rivals.setdefault(value.dimension, []).append(value)
        return {name: tuple(values) for name, values in rivals.items()}

    def value(self, name: str, where: str = "preference value") -> Value:
        """The value called `name`. Raises WrongInput with the nearest known id, naming `where` it was asked for."""
        if name not in self.values:
            raise WrongInput(where, repr(name), "an id of the preference bank", did_you_mean(name, self.values))
        return self.values[name]


def load_bank(path: Path | None = None) -> Bank:
    """The bank in folder `path`, or the shipped one, which is read once per process."""
    return shipped_bank() if path is None else read_bank(path)


@functools.cache
def shipped_bank() -> Bank:
    return read_bank(resources.files("collab.people") / "bank")


def read_bank(folder: Traversable) -> Bank:
    """Every *.yaml of `folder`. Raises WrongInput that names file, entry and field of the first fault."""
    values: dict[str, Value] = {}
    homes: dict[str, str] = {}
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name):
        for value in read_family(file):
            if homes.setdefault(value.dimension, file.name) != file.name:
                raise WrongInput(file.name, f"dimension {value.dimension}", f"it in {homes[value.dimension]} alone")
            values[value.id] = value
            refuse_unknown_names(value, file.name)
    if not values:
        raise WrongInput(str(folder), "no values", "at least one *.yaml file of the preference bank")
    refuse_confusable_wordings(values, homes)
    return Bank(MappingProxyType(with_symmetric_clashes(values, homes)))


def read_family(file: Traversable) -> Iterator[Value]:
    """The values of one file. An entry is `dimensions: <dimension>: <value>: fields`."""
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=StrictLoader)
    except yaml.YAMLError as error:
        raise WrongInput(file.name, str(error), "a YAML file") from error
    if not isinstance(data, dict) or set(data) != {"family", "dimensions"}:
        found = f"keys {sorted(data)}" if isinstance(data, dict) else "no mapping"
        raise WrongInput(file.name, found, "family and dimensions")
    for dimension, rivals in as_mapping(data["dimensions"], f"{file.name}: dimensions").items():
        for name, fields in as_mapping(rivals, f"{file.name}: {dimension}").items():
            entry = {"id": f"{dimension}.{name}", "dimension": dimension, "family": data["family"]}
            where = f"{file.name}: {entry['id']}"
            try:
                yield Value.model_validate({**as_mapping(fields, where), **entry})
            except ValidationError as error:
                raise first_fault(where, error, Value) from error


def as_mapping(data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise WrongInput(where, type(data).__name__, "a mapping")
    return data


def refuse_unknown_names(value: Value, file: str) -> None:
    """Conditions and checkers come from closed vocabularies; a demand is one whole sentence without digits."""
    where = f"{file}: {value.id}"
    if value.condition not in TAGS:
        mend = did_you_mean(value.condition, TAGS)
        raise WrongInput(f"{where}.condition", repr(value.condition), "a tag of the closed vocabulary", mend)
    if value.checker is not None and value.checker not in CHECKERS:
        mend = did_you_mean(value.checker, CHECKERS)
        raise WrongInput(f"{where}.checker", repr(value.checker), "the name of a checker, or null", mend)
    for i, demand in enumerate(value.demands):
        if not demand.endswith((".", "?")) or not demand[0].isupper() or any(c.isdigit() for c in demand):
            raise WrongInput(f"{where}.demands[{i}]", repr(demand), "a whole sentence without digits, ending in . or ?")


def refuse_confusable_wordings(values: Mapping[str, Value], homes: Mapping[str, str]) -> None:
    """Whoever reads a prompt must tell from its words which value is asked for: no wording holds another value's."""
    wordings = [(plain(text), value) for value in values.values() for text in (*value.demands, value.note)]
    for text, value in wordings:
        for other_text, other in wordings:
            if value.id != other.id and text in other_text:
                where = f"{homes[value.dimension]}: {value.id}"
                raise WrongInput(where, repr(text), f"wording that is no part of {other.id}'s {other_text!r}")
        if len(set(map(plain, value.demands))) < len(value.demands):
            raise WrongInput(f"{homes[value.dimension]}: {value.id}.demands", "the same wording twice", "distinct ones")


def with_symmetric_clashes(values: Mapping[str, Value], homes: Mapping[str, str]) -> dict[str, Value]:
    """A clash named on one side holds on both. Rivals of one dimension clash anyway and are not listed."""
    clashes: dict[str, set[str]] = {name: set() for name in values}
    for name, value in values.items():
        where = f"{homes[value.dimension]}: {name}.clashes"
        for other in value.clashes:
            if other not in values:
                raise WrongInput(where, repr(other), "an id of the preference bank", did_you_mean(other, values))
            if values[other].dimension == value.dimension:
                raise WrongInput(
                    where, repr(other), "a value of another dimension", "Rivals clash without being named."
                )
            clashes[name].add(other)
            clashes[other].add(name)
    return {name: value.model_copy(update={"clashes": tuple(sorted(clashes[name]))}) for name, value in values.items()}
