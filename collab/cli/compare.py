"""`collab compare --records`: are two runs the same, session by session?"""

from pathlib import Path
from typing import Annotated

import typer

from collab.errors import ExitCode


def compare(
    one: Annotated[Path, typer.Argument(help="A run folder.")],
    other: Annotated[Path, typer.Argument(help="Another one.")],
    records: Annotated[bool, typer.Option("--records", help="Compare every result-bearing field.")] = True,
) -> None:
    """Compare two runs session by session; ends with 1 where they differ."""
    from collab.analysis.equality import differences
    from collab.cli.screen import console

    on = console()
    compared, found = differences(one, other)
    for line in found[:20]:
        on.print(line, markup=False, soft_wrap=True)
    on.print(f"{compared} sessions compared, {len(found)} differ")
    if found:
        raise typer.Exit(int(ExitCode.BUG))
