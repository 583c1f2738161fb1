"""`collab check`: does a method keep the contract?"""

from typing import Annotated

import typer

from collab.errors import ExitCode


def check(method: Annotated[str, typer.Argument(help="An installed method, or ./file.py:Class.")]) -> None:
    """Run the contract tests on a method, anybody's."""
    import asyncio

    from collab.cli.screen import console
    from collab.runner.contract import examine

    on = console()
    verdicts = asyncio.run(examine(method))
    for verdict in verdicts:
        mark = "[green]ok[/]" if verdict.ok else "[red]no[/]"
        on.print(f"{mark} {verdict.promise}", highlight=False)
        if verdict.found:
            on.print(f"   {verdict.found}", markup=False)
    if not all(verdict.ok for verdict in verdicts):
        raise typer.Exit(int(ExitCode.BUG))
