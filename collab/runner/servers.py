"""Which servers a run talks to: started here, or given by URL; and what they say they serve."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from collab.engines import Report
from collab.engines.embedded import MAX_MODEL_LEN, SERVED_NAME, embedded_command, model_hash
from collab.engines.install import install
from collab.engines.ports import free_port
from collab.engines.process import EngineCommand
from collab.engines.scripted import scripted_command
from collab.engines.supervise import Supervised, engine_running
from collab.errors import CollabError, Unusable, WrongInput
from collab.inference.endpoint import Endpoint
from collab.spec import EndpointSpec, Protocol, RunSpec

SCRIPTED_MODEL, SCRIPTED_IDENTITY, SCRIPTED_WINDOW = "agent", "scripted-1", 32_768
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
        return _named(spec, SCRIPTED_MODEL, SCRIPTED_IDENTITY, SCRIPTED_WINDOW, "words")
    if kind == "embedded":
        return _named(spec, SERVED_NAME, f"sha256:{model_hash()}", MAX_MODEL_LEN, "server")
    async with _endpoint(spec, spec.resources.agent, os.environ.get(AGENT_KEY)) as endpoint:
        url = endpoint.urls[0]
        try:
            served = await endpoint.served_model(agent.model)
        except CollabError:
            raise
        except (aiohttp.ClientError, OSError, KeyError, ValueError, IndexError) as error:
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
    return _named(spec, served.name, served.root, window, "server" if counts else "words")


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
    command = engine_command(
        spec.resources.engine, free_port(), key, spec.resources.latency, spec.resources.noise, report
    )
    log = logs / f"{spec.resources.engine}.log"
    async with engine_running(command, log, run_key=f"{os.getpid()}-{secrets.token_hex(4)}", report=report) as engine:
        own = spec.resources.agent.model_copy(update={"urls": (command.url,)})
        async with _endpoint(spec, own, key) as agent:
            agent.answered = engine.answered
            yield Running(agent, engine)


def engine_command(kind: str, port: int, key: str, latency: str, noise: float, report: Report) -> EngineCommand:
    """How to start the engine called `kind`; the embedded one is installed first where that was not done yet."""
    if kind == "scripted":
        return scripted_command(port, key, latency, noise)
    return embedded_command(install(report), port, key)


def _endpoint(spec: RunSpec, urls: EndpointSpec, key: str | None) -> Endpoint:
    if not urls.urls:
        raise Unusable("no agent: give --vllm-agent-url, or leave --engine to start one here")
    return Endpoint("agent", urls, key, spec.resources.endpoint_patience_s)
