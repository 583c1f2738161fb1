"""Which servers a run talks to: started here, or given by URL; and what they say they serve."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from collab.engines import Report
from collab.engines.embedded import MAX_MODEL_LEN, SERVED_NAME, embedded_command, model_hash
from collab.engines.install import installed
from collab.engines.model import NAME as MODEL_NAME
from collab.engines.ports import free_port
from collab.engines.process import EngineCommand
from collab.engines.scripted import MODEL, WINDOW, scripted_command, scripted_identity
from collab.engines.supervise import Supervised, engine_running
from collab.errors import CollabError, Unusable, WrongInput
from collab.identity import fingerprint
from collab.inference.endpoint import Endpoint
from collab.runner.drain import Drain
from collab.spec import EndpointSpec, Protocol, RunSpec

AGENT_KEY = "COLLAB_AGENT_API_KEY"


@dataclass(frozen=True)
class Running:
    """The agent's endpoint, open, and the engine behind it where we started one."""

    agent: Endpoint
    engine: Supervised | None


async def identified(spec: RunSpec) -> RunSpec:
    """`spec` with the agent's model named for good: by hash where it is local, by the server's word elsewhere.

    What the protocol leaves open (window, tokenizer) is settled here too, so that a resumed run cannot drift.
    """
    agent = spec.protocol.agent
    kind = spec.resources.engine
    if kind == "scripted":
        return _named(spec, MODEL, scripted_identity(spec.resources.noise), WINDOW, "words")
    if kind == "embedded":
        return _named(spec, SERVED_NAME, f"{MODEL_NAME}/sha256:{model_hash()}", MAX_MODEL_LEN, "server")
    async with _endpoint(spec, spec.resources.agent, os.environ.get(AGENT_KEY)) as endpoint:
        url = endpoint.urls[0]
        try:
            served = await endpoint.served_model(agent.model)
        except CollabError:
            raise
        except (aiohttp.ClientError, OSError, KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
            mend = "Is the server up? `collab serve embedded` starts one here."
            raise WrongInput(
                f"--vllm-agent-url {url}", f"{type(error).__name__}: {error}", "a model list", mend
            ) from None
        counts = await endpoint.can_count_tokens(served.name)
    window = served.window or agent.context_tokens
    if not window:
        raise WrongInput(
            f"--vllm-agent-url {url}", "no max_model_len in its model list", "the model's window",
            "Give it: --set protocol.agent.context_tokens=8192",
        )  # fmt: skip
    return _named(spec, served.name, _identity(served.root), window, "server" if counts else "words")


def _identity(root: str) -> str:
    """What a server loaded. Of a path only the folder's name: the same model may lie elsewhere on the next machine."""
    return Path(root).name if root.startswith("/") else root


def _named(spec: RunSpec, model: str, identity: str, window: int, tokenizer: str) -> RunSpec:
    agent = spec.protocol.agent.model_copy(
        update={
            "model": model,
            "identity": identity,
            "context_tokens": min(window, spec.protocol.agent.context_tokens or window),
        }
    )
    protocol: Protocol = spec.protocol.model_copy(
        update={"agent": agent, "tokenizer": spec.protocol.tokenizer or tokenizer}
    )
    return spec.model_copy(update={"protocol": protocol})


@asynccontextmanager
async def servers(spec: RunSpec, logs: Path, report: Report) -> AsyncIterator[Running]:
    """Start what the run needs, and leave nothing of it behind."""
    if spec.resources.engine == "url":
        async with _endpoint(spec, spec.resources.agent, os.environ.get(AGENT_KEY)) as agent:
            yield Running(agent, None)
        return
    key = secrets.token_urlsafe(24)
    resources = spec.resources
    command = engine_command(resources.engine, free_port(), key, resources.latency, resources.noise)
    log = logs / f"{spec.resources.engine}.log"
    async with engine_running(command, log, run_key(logs), report) as engine:
        own = spec.resources.agent.model_copy(update={"urls": (command.url,)})
        async with _endpoint(spec, own, key) as agent:
            agent.answered = engine.answered
            yield Running(agent, engine)


def run_key(logs: Path) -> str:
    """Named after the folder: the next start of this run finds what a start that was killed whole left behind."""
    return fingerprint(str(logs.resolve()))


async def install_engine(report: Report) -> None:
    """Install the embedded engine in a process of its own, which a drain can end; the next start goes on with it."""
    if installed() is not None:
        return
    words = (sys.executable, "-m", "collab.engines.install")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe)
    assert process.stdout is not None and process.stderr is not None
    try:
        async for line in process.stdout:
            report("install", line.decode(errors="replace").strip())
        if await process.wait() != 0:
            raise Unusable((await process.stderr.read()).decode(errors="replace").strip())
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def engine_command(kind: str, port: int, key: str, latency: str, noise: float) -> EngineCommand:
    """How to start the engine called `kind`. Raises Unusable where the embedded one is not installed."""
    if kind == "scripted":
        return scripted_command(port, key, latency, noise)
    found = installed()
    if found is None:
        raise Unusable("The embedded engine is not installed: python -m collab.engines.install")
    return embedded_command(found, port, key)


def _endpoint(spec: RunSpec, urls: EndpointSpec, key: str | None) -> Endpoint:
    if not urls.urls:
        raise Unusable("no agent: give --vllm-agent-url, or leave --engine to start one here")
    return Endpoint("agent", urls, key, spec.resources.endpoint_patience_s)


async def serve_until_stopped(
    kind: str, port: int | None, latency: str, noise: float, log: Path, report: Report
) -> None:
    """Start, say the address, restart on death, stop on Ctrl-C or SIGTERM. Raises EngineLost."""
    if kind == "embedded":
        await install_engine(report)
    command = engine_command(kind, free_port(port), os.environ.get(AGENT_KEY, ""), latency, noise)
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
