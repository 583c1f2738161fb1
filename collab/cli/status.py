"""`collab status`: where a run stands, from its files alone."""

from pathlib import Path
from typing import Annotated

import typer


def status(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    json: Annotated[bool, typer.Option("--json", help="The same, for a program.")] = False,
) -> None:
    """How many sessions of a run are there, by arm, and what its workers are doing."""
    from rich.table import Table

    from collab.cli.screen import console
    from collab.store.standing import standing

    found = standing(run)
    on = console()
    if json:
        on.print_json(data=found)
        return
    table = Table(title=str(run), title_justify="left")
    for column in ("arm", "played", "planned", "failed", "torn bytes"):
        table.add_column(column, justify="left" if column == "arm" else "right")
    for arm in found["arms"]:
        table.add_row(*(str(arm[key]) for key in ("arm", "played", "planned", "failed", "torn_bytes")))
    on.print(table)
    for worker in found["workers"]:
        alive = "alive" if worker["alive"] else "gone"
        on.print(
            f"worker {worker['name']} ({alive}): {worker['phase']}, {worker['done']}/{worker['planned']} sessions, "
            f"{worker['sessions_per_hour']:,.0f} sessions/h, {worker['retries']} retries",
            markup=False,
        )
