"""`collab`: the commands, and the one place where an error becomes a sentence and an exit code."""

import sys
from io import TextIOWrapper

import typer

from collab.cli import check, compare, doctor, results, run, serve, show, status
from collab.errors import CollabError
from collab.sentences import printable

app = typer.Typer(
    name="collab",
    help="Does an LLM agent that remembers a person work better with that person, session after session?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for command in (run.run, status.status, show.show, results.results, compare.compare, check.check, serve.serve):
    app.command()(command)
app.command()(doctor.doctor)


def main() -> None:
    """Run a command. Expected errors end in one sentence; a bug keeps its traceback and answers 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except CollabError as error:
        print(f"collab: {printable(str(error))}", file=sys.stderr)
        raise SystemExit(int(error.exit_code)) from None


if __name__ == "__main__":
    main()
