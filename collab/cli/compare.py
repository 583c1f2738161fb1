"""`collab compare`: two runs beside each other, or session by session."""

from pathlib import Path
from typing import Annotated

import typer

from collab.errors import ExitCode


def compare(
    one: Annotated[Path, typer.Argument(help="A run folder.")],
    other: Annotated[Path, typer.Argument(help="Another one.")],
    records: Annotated[bool, typer.Option("--records", help="Every result-bearing field of every session.")] = False,
) -> None:
    """Print the tables of two runs, or hold their records against each other (1 where they differ)."""
    from collab.analysis import frames, tables
    from collab.analysis.equality import differences
    from collab.cli.screen import console

    on = console()
    if not records:
        for run in (one, other):
            on.rule(str(run), align="left")
            tables.print_by_arm(on, frames.load(run))
        return
    compared, found = differences(one, other)
    for line in found[:20]:
        on.print(line, markup=False, soft_wrap=True)
    on.print(f"{compared} sessions compared, {len(found)} differ")
    if found:
        raise typer.Exit(int(ExitCode.BUG))
