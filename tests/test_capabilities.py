"""The page claims what the table says, and no row of it is lost or shown by something that is not there."""

import shlex
from pathlib import Path

import pytest
import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from collab.cli.main import app
from collab.errors import WrongInput
from scripts.capabilities import SYSTEMS, TABLE, Row, main, read_table

ROWS = [(system, row) for system, rows in read_table(TABLE).items() for row in rows]
SHOWN = [
    pytest.param(command, id=f"{system}-{row.number}-{index}")
    for system, row in ROWS
    for index, command in enumerate(row.commands)
]


def test_the_committed_page_is_what_the_table_says() -> None:
    assert main(["--check"]) == 0


def test_a_page_that_was_edited_by_hand_is_noticed_and_written_anew(tmp_path: Path) -> None:
    edited = tmp_path / "page.md"
    edited.write_text("all of it works\n")
    assert main(["--check"], edited) == 1
    assert edited.read_text() == "all of it works\n"
    assert main([], edited) == 0
    assert main(["--check"], edited) == 0


def test_every_row_of_every_system_is_accounted_for() -> None:
    assert [(system, row.number) for system, row in ROWS] == [
        (system, number) for system, (_, count) in SYSTEMS.items() for number in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("  - number: 2\n", "  - number: 1\n", "each once in order"),
        ("  - number: 107\n", "  - number: 108\n", "each once in order"),
        ("\nbonus:\n", "\nmore:\n", "systems"),
        ("    state: works\n", "    state: open\n", "shown_by is for works and part"),
        ("    state: open\n", "    state: works\n", "shown_by is for works and part"),
        ("    state: open\n", "    state: done\n", "'works', 'part', 'open' or 'unavailable'"),
        ("(issue 6)", "(soon)", "names an issue"),
        ("stand-in: ", "instead: ", "names its stand-in"),
        ("tests/memory/test_extraction.py", "tests/memory/test_nothing.py", "does not exist"),
    ],
)
def test_a_table_that_does_not_keep_its_word_is_refused(before: str, after: str, message: str, tmp_path: Path) -> None:
    table = TABLE.read_text()
    assert before in table
    (tmp_path / "table.yaml").write_text(table.replace(before, after, 1))
    with pytest.raises(WrongInput, match=message):
        read_table(tmp_path / "table.yaml")


@pytest.mark.parametrize("command", SHOWN)
def test_what_shows_a_row_can_be_typed(command: str) -> None:
    program, verb, *words = shlex.split(command)
    assert program in ("pytest", "collab")
    if program == "collab":
        doorways = typer.main.get_command(app)
        assert isinstance(doorways, TyperGroup) and verb in doorways.commands
        known = {flag for parameter in doorways.commands[verb].params for flag in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_a_missing_file_is_noticed_behind_options_and_test_names() -> None:
    with pytest.raises(ValidationError, match=r"shown by tests/test_gone\.py, which does not exist"):
        Row(number=1, item="x", state="works", shown_by="collab doctor; pytest -q tests/test_gone.py::test_x")
