"""`collab serve`: keep an engine up for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from collab.errors import WrongInput


def serve(
    engine: Annotated[str, typer.Argument(help="embedded or scripted.")],
    port: Annotated[int | None, typer.Option(help="Port on loopback [a free one].")] = None,
    latency: Annotated[str, typer.Option(help="Scripted: none, cpu, 8b or 70b.")] = "none",
    noise: Annotated[float, typer.Option(help="Scripted: share of preferences it breaks.")] = 0.0,
    log: Annotated[Path, typer.Option(help="The engine's own log.")] = Path("results/serve.log"),
) -> None:
    """Serve a model on loopback until Ctrl-C. The key, if any, is COLLAB_AGENT_API_KEY."""
    import asyncio

    from collab.cli.screen import PlainScreen
    from collab.runner.servers import serve_until_stopped

    if engine not in ("embedded", "scripted"):
        raise WrongInput("ENGINE", repr(engine), "embedded or scripted")
    asyncio.run(serve_until_stopped(engine, port, latency, noise, log, PlainScreen().report))
