#!/usr/bin/env python
"""Writes docs/capabilities.md from docs/capabilities.yaml; `--check` only says whether the two agree."""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from collab.errors import WrongInput

ROOT = Path(__file__).parents[1]
TABLE, PAGE = ROOT / "docs/capabilities.yaml", ROOT / "docs/capabilities.md"
SYSTEMS: dict[str, tuple[str, int]] = {
    "S3": ("Multi-session harness, methods, experiments", 107),
    "S1": ("Soft prefixes from a history: E2P and PERSOMA", 62),
    "S0": ("BehavioralTwin: a Q-Former over a person's behaviour", 38),
    "S2": ("Dual tower: replies that know who asks", 36),
    "S4": ("User-LLM: embeddings of a person's conversations", 46),
    "bonus": ("Named in public sources of S0, S1 and S2 only", 13),
}
State = Literal["works", "part", "open", "unavailable"]
HEAD = """# What works of all that the reference systems name?

    .venv/bin/python scripts/capabilities.py          # writes this page from docs/capabilities.yaml
    .venv/bin/python scripts/capabilities.py --check  # ends with 1 where the page is not what the table says

A row *works* when a test or a command of this repository shows all that it asks for; *part*: some of it, and the note
says what is missing; *open*: the note names the issue that brings it; *unavailable*: it needs a model, data or people
that cannot be had here, and the note names the stand-in. `RUN` and `OTHER` are run folders of your own.
"""


class Row(BaseModel):
    """One thing that a reference system names. shown_by: commands, separated by a semicolon and a space."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    item: str = Field(min_length=1)
    state: State
    shown_by: str = ""
    note: str = ""

    @property
    def commands(self) -> list[str]:
        return self.shown_by.split("; ") if self.shown_by else []

    @model_validator(mode="after")
    def keeps_its_word(self) -> "Row":
        """A claim has its evidence, and a gap its issue."""
        if bool(self.shown_by) != (self.state in ("works", "part")):
            raise ValueError(f"row {self.number}: shown_by is for works and part, and they need it")
        if self.state != "works" and not re.search(r"\(issue ([2-9]|10)\)", self.note):
            raise ValueError(f"row {self.number}: the note of what does not work names an issue, as in (issue 6)")
        if self.state == "unavailable" and "stand-in: " not in self.note:
            raise ValueError(f"row {self.number}: the note of what cannot be had names its stand-in")
        if missing := [path for path in re.findall(r"\btests/[\w/.]+", self.shown_by) if not (ROOT / path).exists()]:
            raise ValueError(f"row {self.number}: shown by {missing[0]}, which does not exist")
        return self


Table = dict[str, tuple[Row, ...]]


def read_table(path: Path) -> Table:
    """The rows by system. Raises WrongInput unless every number of every system is there exactly once, in order."""
    try:
        table: Table = TypeAdapter(Table).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise WrongInput(f"{path.name}: {'.'.join(map(str, first['loc']))}", first["msg"], "a whole row") from None
    if list(table) != list(SYSTEMS):
        raise WrongInput(path.name, f"systems {', '.join(table)}", ", ".join(SYSTEMS))
    for system, (_, count) in SYSTEMS.items():
        if [row.number for row in table[system]] != list(range(1, count + 1)):
            raise WrongInput(f"{path.name}: {system}", "other numbers", f"1 to {count}, each once in order")
    return table


def page(table: Table) -> str:
    """The page in Markdown: counts by system and state, then the rows of each system."""
    states = get_args(State)
    counts = {name: [sum(row.state == state for row in rows) for state in states] for name, rows in table.items()}
    counts["**all**"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    parts = [HEAD, *grid(["system", *states, "rows"], [[name, *found, sum(found)] for name, found in counts.items()])]
    for name, rows in table.items():
        cells = [[r.number, r.item, r.state, ", ".join(f"`{c}`" for c in r.commands), r.note] for r in rows]
        parts += [f"\n## {name}: {SYSTEMS[name][0]}\n", *grid(["", "item", "state", "shown by", "note"], cells)]
    return "\n".join(parts) + "\n"


def grid(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    for cells in (titles, ["---"] * len(titles), *rows):
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def main(words: Sequence[str] | None = None, path: Path = PAGE) -> int:
    parser = argparse.ArgumentParser(description="Write docs/capabilities.md from docs/capabilities.yaml.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where the page is another")
    check = parser.parse_args(words).check
    try:
        wanted = page(read_table(TABLE))
    except WrongInput as error:
        parser.error(str(error))
    if not check:
        path.write_text(wanted, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != wanted:
        print(f"{path.name} is not what {TABLE.name} says: run .venv/bin/python scripts/capabilities.py")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
