"""The command that starts the scripted engine."""

import sys

from collab.engines.ports import LOOPBACK
from collab.engines.process import EngineCommand

MODEL = "agent"
IDENTITY = "scripted-1"
WINDOW = 32_768
"""What the scripted engine says of itself at /v1/models; its noise stands behind the identity."""


def scripted_identity(noise: float) -> str:
    """As the server names itself: other noise is another agent."""
    return f"{IDENTITY}/noise={noise:g}" if noise else IDENTITY


def scripted_command(port: int, api_key: str, latency: str | None = None, noise: float | None = None) -> EngineCommand:
    """latency: a name the scripted engine knows; noise: share of replies that break a wish."""
    options = {"--latency": latency, "--noise": noise}
    flags = [part for flag, value in options.items() if value is not None for part in (flag, str(value))]
    return EngineCommand(
        name="scripted engine",
        argv=(sys.executable, "-m", "collab.scripted", "--port", str(port), *flags),
        url=f"http://{LOOPBACK}:{port}",
        env={"COLLAB_SCRIPTED_API_KEY": api_key},
        start_limit_s=60.0,
    )
