"""How long the scripted engine pretends to think. Figures are those of a class of servers, not of a measured one."""

import asyncio
from dataclasses import dataclass

from collab.errors import WrongInput


@dataclass(frozen=True, slots=True)
class Latency:
    """first_token_s for an idle server; tokens_per_s for one request; `batch`: requests at which both have doubled."""

    first_token_s: float
    tokens_per_s: float
    batch: int
    kv_tokens: int

    def seconds(self, prompt_tokens: int, completion_tokens: int, running: int) -> float:
        """Time to answer beside `running` other requests; what exceeds the KV capacity waits in proportion."""
        slow = 1 + running / self.batch
        waiting = max(1.0, running * (prompt_tokens + completion_tokens) / self.kv_tokens)
        return (self.first_token_s + completion_tokens / self.tokens_per_s) * slow * waiting


MODELS = {
    "none": None,
    "8b": Latency(first_token_s=0.05, tokens_per_s=80, batch=64, kv_tokens=300_000),
    "70b": Latency(first_token_s=0.15, tokens_per_s=30, batch=48, kv_tokens=300_000),
    "cpu": Latency(first_token_s=0.2, tokens_per_s=28, batch=8, kv_tokens=46_000),
}


def latency_model(name: str) -> Latency | None:
    """The model called `name`; None for `none`. Raises WrongInput."""
    if name not in MODELS:
        raise WrongInput("--latency", repr(name), "one of " + ", ".join(MODELS))
    return MODELS[name]


async def pretend(latency: Latency | None, prompt_tokens: int, completion_tokens: int, running: int) -> None:
    """Sleep as long as the modelled server would take."""
    if latency is not None:
        await asyncio.sleep(latency.seconds(prompt_tokens, completion_tokens, running))
