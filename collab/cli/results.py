"""`collab results`: rebuild the views and print the table."""

from pathlib import Path
from typing import Annotated

import typer


def results(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    json: Annotated[bool, typer.Option("--json", help="The same numbers, for a program.")] = False,
) -> None:
    """Rebuild checkpoint.json and results.json of a run from its chains, and print its table."""
    from collab.analysis import frames, tables
    from collab.cli.screen import console
    from collab.store.run_folder import RunFolder
    from collab.store.views import write_views

    write_views(RunFolder.read(run))
    frame = frames.load(run)
    if json:
        console().print_json(data=tables.summary(frame))
    else:
        tables.print_by_arm(console(), frame)
