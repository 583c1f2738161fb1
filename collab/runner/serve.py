"""One engine, for whoever calls it."""

import asyncio
import os
import secrets
from pathlib import Path

from collab.engines import Report
from collab.engines.ports import free_port
from collab.engines.process import EngineCommand
from collab.engines.supervise import engine_running
from collab.runner.drain import Drain
from collab.runner.servers import AGENT_KEY, engine_command


async def serve_until_stopped(
    kind: str, port: int | None, latency: str, noise: float, log: Path, report: Report
) -> None:
    """Start, say the address, restart on death, stop on Ctrl-C or SIGTERM. Raises EngineLost."""
    command = engine_command(kind, free_port(port), os.environ.get(AGENT_KEY, ""), latency, noise, report)
    drain = Drain()
    with drain.on_signals():
        run_key = f"serve-{os.getpid()}-{secrets.token_hex(4)}"
        stopped = asyncio.create_task(drain.began.wait())
        running = asyncio.create_task(_run(command, log, run_key, report))
        await asyncio.wait([stopped, running], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if running.done():
            running.result()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _run(command: EngineCommand, log: Path, run_key: str, report: Report) -> None:
    async with engine_running(command, log, run_key, report) as engine:
        report("ready", f"{command.url}, log in {log}; stop with Ctrl-C")
        await engine.until_lost()
