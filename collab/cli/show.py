"""`collab show`: dialogues of one person, side by side."""

from pathlib import Path
from typing import Annotated

import typer


def show(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    profile: Annotated[str, typer.Option(help="The person, e.g. p000.")],
    sessions: Annotated[str, typer.Option(help="Session indices, by comma.")] = "0",
    methods: Annotated[str | None, typer.Option(help="Arms, by comma [all].")] = None,
    repeat: Annotated[int, typer.Option(help="Which repeat.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="The records themselves.")] = False,
) -> None:
    """Set dialogues of one person side by side: what was broken, what was asked for."""
    from collab.analysis import dialogues
    from collab.cli.screen import console

    wanted = dialogues.select(run, profile, sessions, methods, repeat)
    if json:
        console().print_json(data=[record.model_dump(mode="json") for record in wanted])
    else:
        dialogues.print_side_by_side(console(), wanted)
