"""Which code on which machine wrote a run. No environment: keys live there."""

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from collab import __version__

_PACKAGES = ("aiohttp", "pydantic", "math-verify", "sympy", "numpy")


def provenance() -> dict[str, Any]:
    """For the run file of each start that asked for something new."""
    return {
        "collab": __version__,
        "commit": _git("rev-parse", "HEAD"),
        "dirty": bool(_git("status", "--porcelain")),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _git(*words: str) -> str:
    """Empty outside a checkout, or where there is no git."""
    here = Path(__file__).parents[2]
    if not (here / ".git").exists():
        return ""
    try:
        done = subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
