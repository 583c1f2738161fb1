#!/usr/bin/env python3
"""The main runner under the name that people of this field know: the same as `collab run`."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Hand over to `collab run`, with the checkout's own Python where this one has no collab."""
    try:
        from collab.cli.main import main as collab
    except ModuleNotFoundError:
        python = Path(__file__).resolve().parents[1] / ".venv/bin/python"
        if not python.exists() or Path(sys.executable) == python:
            raise SystemExit("collab is not installed here; ./scripts/setup.sh does it.") from None
        os.execv(python, [str(python), *sys.argv])
    sys.argv.insert(1, "run")
    collab()


if __name__ == "__main__":
    main()
