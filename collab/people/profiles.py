"""The people of a run: generated, or read from a file of profiles."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from collab.errors import WrongInput
from collab.people.generated import generated_person, satisfiable
from collab.people.person import Person
from collab.people.preference_bank import Bank, load_bank
from collab.refusals import first_fault, shortened

GENERATED = "generated:"


def load_people(source: str, values: tuple[str, ...] | None = None) -> tuple[Person, ...]:
    """The people that `source` names: "generated:N", or a path to a .jsonl or .json file of Person objects.

    values: ids that people may hold (None: the whole bank); generated people draw from these alone, people of a file
    keep of theirs what is allowed. Raises WrongInput that names file, line (.jsonl) or entry (.json), and field.
    """
    bank = load_bank()
    allowed = tuple(
        dict.fromkeys(bank.value(name, "values").id for name in (bank.values if values is None else values))
    )
    if not allowed:
        raise WrongInput("values", "no values", "at least one id of the preference bank")
    if source.startswith(GENERATED):
        return tuple(generated_person(i, bank, allowed) for i in range(asked_for(source)))
    return read_people(Path(source), bank, allowed)


def asked_for(source: str) -> int:
    count = source.removeprefix(GENERATED)
    if not (count.isascii() and count.isdigit() and int(count) > 0):
        raise WrongInput("people", repr(source), "generated:N with N of at least 1", "For example generated:20.")
    return int(count)


def read_people(path: Path, bank: Bank, allowed: tuple[str, ...]) -> tuple[Person, ...]:
    if path.suffix not in (".json", ".jsonl"):
        raise WrongInput("people", repr(str(path)), "generated:N, or a path that ends in .jsonl or .json")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongInput("people", f"{path}: {error.strerror}", "a file that can be read") from error
    people: dict[str, Person] = {}
    for where, entry in entries(path.name, content, path.suffix == ".jsonl"):
        try:
            person = Person.model_validate(entry)
        except ValidationError as error:
            raise first_fault(where, error, Person) from error
        if person.id.casefold() in people:
            raise WrongInput(f"{where}: id", repr(person.id), "an id that no earlier person has (case aside)")
        refuse_unsatisfiable(person, where, bank)
        people[person.id.casefold()] = only_allowed(person, where, allowed)
    if not people:
        raise WrongInput(path.name, "no people", "at least one Person object")
    return tuple(people.values())


def entries(name: str, content: bytes, by_line: bool) -> Iterator[tuple[str, Any]]:
    """(where, object) of every entry. JSON has no NaN and no Infinity; a torn line is refused like any other."""
    if by_line:
        for number, line in enumerate(content.splitlines(), start=1):
            if line.strip():
                yield f"{name}:{number}", parsed(f"{name}:{number}", line)
        return
    data = parsed(name, content)
    if not isinstance(data, list):
        raise WrongInput(name, f"a JSON {type(data).__name__}", "a list of Person objects")
    for number, entry in enumerate(data):
        yield f"{name}: entry {number}", entry


def parsed(where: str, text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        found = shortened(text.decode(errors="replace"), 40)
        raise WrongInput(
            where, f"{found!r} ({error})", "one whole JSON value", "Is the line torn, or is there a NaN?"
        ) from error


def refuse_unsatisfiable(person: Person, where: str, bank: Bank) -> None:
    """Unknown values, two values of one dimension, clashing ones, and sets that no reply honours at once."""
    names = [p.value for p in person.preferences]
    values = [bank.value(name, f"{where}: preferences[{i}].value") for i, name in enumerate(names)]
    for (i, one), (k, other) in combinations(enumerate(values), 2):
        at = f"{where}: preferences[{k}].value"
        if one.dimension == other.dimension:
            raise WrongInput(
                at, repr(other.id), f"no second value of {one.dimension}", f"preferences[{i}] is {one.id}."
            )
        if one.id in other.clashes:
            raise WrongInput(
                at, repr(other.id), f"nothing that clashes with {one.id}", f"Drop it, or preferences[{i}]."
            )
    if not satisfiable(values):
        raise WrongInput(
            f"{where}: preferences", ", ".join(names), "a set that one reply can honour", "Drop one of them."
        )


def only_allowed(person: Person, where: str, allowed: tuple[str, ...]) -> Person:
    kept = tuple(p for p in person.preferences if p.value in allowed)
    if not kept:
        raise WrongInput(
            f"{where}: preferences", "none that is allowed", f"one or more of {shortened(', '.join(allowed))}"
        )
    return person.model_copy(update={"preferences": kept})
