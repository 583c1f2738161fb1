"""Transcripts for the eye."""

from pathlib import Path

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from collab.analysis.frames import load
from collab.errors import WrongInput
from collab.people.preference_bank import load_bank
from collab.records import AgentTurn, SessionRecord, UserTurn
from collab.sentences import printable


def select(run: Path, person: str, sessions: str, arms: str | None, repeat: int) -> list[SessionRecord]:
    """The records asked for, session by session. Raises WrongInput that names what there is."""
    frame = load(run)
    people = sorted({row.person for row in frame.rows})
    if person not in people:
        raise WrongInput(
            "--profile", repr(person), f"one of {', '.join(people[:12])}{' …' if len(people) > 12 else ''}"
        )
    wanted_arms = arms.split(",") if arms else frame.arms
    for arm in wanted_arms:
        if arm not in frame.arms:
            raise WrongInput("--methods", repr(arm), f"one of {', '.join(frame.arms)}")
    records = {(row.session, row.arm): row.record for row in frame.rows if (row.person, row.repeat) == (person, repeat)}
    found = []
    for session in sessions.split(","):
        if not session.strip().isdecimal() or int(session) >= frame.spec.extent.sessions:
            raise WrongInput("--sessions", repr(session), f"indices from 0 to {frame.spec.extent.sessions - 1}")
        found += [records.get((int(session), arm)) for arm in wanted_arms]
    played = [record for record in found if record is not None]
    if not played:
        raise WrongInput("--sessions", "sessions that were not played yet", "played ones", "`collab status` tells.")
    return played


def print_side_by_side(console: Console, records: list[SessionRecord]) -> None:
    """One column per dialogue, as many side by side as are readable on this terminal."""
    per_row = max(1, console.width // 48)
    for start in range(0, len(records), per_row):
        group = records[start : start + per_row]
        table = Table(expand=True, show_lines=False)
        for record in group:
            table.add_column(Text(f"{record.arm} · session {record.session}", style="bold"), ratio=1, overflow="fold")
        table.add_row(*(_head(record) for record in group))
        for index in range(max(len(record.turns) for record in group)):
            table.add_row(*(_cell(record, index) for record in group))
        table.add_row(*(_foot(record) for record in group))
        console.print(table)
    if console.color_system:
        console.print(Text.assemble(("red", "red"), ": a broken preference and the demand for it.  "))


def _head(record: SessionRecord) -> Text:
    return Text("in force: " + ", ".join(record.in_force) + "\n", style="dim")


def _cell(record: SessionRecord, index: int) -> Group | Text:
    """One message. Transcripts are untrusted: always Text, never markup."""
    if index >= len(record.turns):
        return Text("")
    turn = record.turns[index]
    if isinstance(turn, AgentTurn):
        reader = next((t for t in record.turns[index + 1 :] if isinstance(t, UserTurn)), None)
        broken = reader.violated if reader else ()
        note = Text("  breaks " + ", ".join(broken), style="red") if broken else Text("")
        return Group(Text(f"agent: {printable(turn.message)}"), note)
    text = Text(f"{record.person}: ", style="cyan")
    message = Text(printable(turn.message), style="cyan")
    for value in turn.enforced:
        message.highlight_words(_wordings(value), style="bold red", case_sensitive=False)
    return Group(text + message, Text(""))


def _wordings(value: str) -> list[str]:
    known = load_bank().values
    return list(known[value].demands) if value in known else []


def _foot(record: SessionRecord) -> Text:
    verdict = "–" if record.success is None else "right" if record.success else "wrong"
    draft = printable(record.final_draft or "–")
    return Text(
        f"{record.ended_by} · {record.enforcements} enforcements · draft {draft} ({verdict})"
        + (f" · {printable(record.failure.message)}" if record.failure else ""),
        style="dim",
    )
