"""`collab doctor`: can this machine run the embedded engine?"""

from typing import Annotated

import typer

from collab.errors import ExitCode


def doctor(json: Annotated[bool, typer.Option("--json", help="The same, for a program.")] = False) -> None:
    """Check Python, memory, disk, processor and libraries; one line that mends each."""
    from dataclasses import asdict

    from rich.table import Table

    from collab.cli.screen import console
    from collab.engines.doctor import check_machine

    checks = check_machine()
    on = console()
    if json:
        on.print_json(data=[asdict(check) for check in checks])
    else:
        table = Table(show_header=False, box=None)
        for check in checks:
            mark = {True: "[green]ok[/]", False: "[red]no[/]", None: "–"}[check.ok]
            table.add_row(mark, check.name, check.found, "" if check.ok else check.mend)
        on.print(table)
    if any(check.ok is False for check in checks):
        raise typer.Exit(int(ExitCode.WRONG_INPUT))
