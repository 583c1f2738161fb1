"""What is asked of a model and what comes back."""

from dataclasses import dataclass, field
from typing import Any, Literal

from collab.spec import Sampling


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt, in the words of the chat protocol."""

    role: Literal["system", "user", "assistant"]
    content: str

    def as_json(self) -> dict[str, str]:
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One call. `seed` is derived from the call's id; `n` completions are asked for at once."""

    model: str
    messages: tuple[ChatMessage, ...]
    sampling: Sampling
    seed: int
    n: int = 1

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [message.as_json() for message in self.messages],
            "temperature": self.sampling.temperature,
            "top_p": self.sampling.top_p,
            "max_tokens": self.sampling.max_tokens,
            "seed": self.seed,
        }
        if self.n != 1:
            body["n"] = self.n
        return body


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back, and what it took. `queued_s`: waiting for a place; `flight_s`: of the send that was answered."""

    texts: tuple[str, ...]
    finish_reasons: tuple[str, ...]
    model: str
    usage: Usage = field(default_factory=Usage)
    queued_s: float = 0.0
    flight_s: float = 0.0
    retries: int = 0
