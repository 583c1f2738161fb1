"""The contract a method implements, and what it may see.

One adapter instance serves one chain: nothing is shared between people, ever. Hooks may be `async` or plain; a plain
one runs in a thread. Order within a session: start_session, observe_user(opening), then per turn prepare_prompt, the
model's reply, process_response, observe_user(next message); at last end_session, and export_state after it.
"""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from collab.inference.requests import ChatMessage, Completion
from collab.people.preference_bank import Value
from collab.spec import Sampling
from collab.store.state import State as State


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said."""

    person: str
    session: int
    turn: int


@dataclass(frozen=True, slots=True)
class PastSession:
    """What this person and this arm said in a past session. Failed sessions are left out."""

    session: int
    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the agent is asked. `sampling` None = the run's; `n` = best of n; `references`: ids of the memory used."""

    messages: tuple[ChatMessage, ...]
    sampling: Sampling | None = None
    n: int = 1
    references: tuple[str, ...] = ()


class Tools(Protocol):
    """What a session lends to a view: calls, each under a step that is unique within its turn."""

    async def memory_chat(
        self, turn: int, step: str, messages: Sequence[ChatMessage], sampling: Sampling, n: int
    ) -> Completion: ...

    async def count_tokens(self, text: str) -> int: ...

    def rng(self, turn: int, step: str) -> random.Random: ...


@dataclass
class SessionView:
    """What a real agent would see, and tools. No profile, no gold answer, nothing the person only thinks."""

    person: str
    session: int
    max_turns: int
    system_prompt: str
    prompt_budget: int
    reply_tokens: int
    history: tuple[PastSession, ...]
    tools: Tools
    preferences: tuple[Value, ...] | None = None
    turn: int = 0
    _recorded: dict[str, Any] = field(default_factory=dict)
    _said: list[ChatMessage] = field(default_factory=list)

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """The prompt without memory: the system message and what was said in this session."""
        return (ChatMessage("system", self.system_prompt), *self._said)

    @property
    def said(self) -> tuple[ChatMessage, ...]:
        """This session's messages alone."""
        return tuple(self._said)

    @property
    def here(self) -> Place:
        return Place(self.person, self.session, self.turn)

    async def chat(
        self, messages: Sequence[ChatMessage], *, step: str, sampling: Sampling | None = None, n: int = 1
    ) -> Completion:
        """A model call of the method's own. `step` must be unique within the turn; a re-ask takes another one."""
        return await self.tools.memory_chat(self.turn, step, messages, sampling or Sampling(), n)

    async def count_tokens(self, text: str) -> int:
        """Tokens of `text` by the run's tokenizer."""
        return await self.tools.count_tokens(text)

    def rng(self, step: str) -> random.Random:
        """A generator of this turn's own: the same in a replay, and in every arm without a seed offset."""
        return self.tools.rng(self.turn, step)

    def record(self, **facts: Any) -> None:
        """Keep facts for diagnosis with the next reply (or, after the last one, with the session). JSON values."""
        self._recorded.update(orjson.loads(orjson.dumps(facts)))

    def hear(self, message: str) -> None:
        """Called by the session: the person said this."""
        self._said.append(ChatMessage("user", message))

    def say(self, message: str) -> None:
        """Called by the session: the agent said this, and the next turn begins."""
        self._said.append(ChatMessage("assistant", message))
        self.turn += 1

    def take_recorded(self) -> dict[str, Any]:
        """Called by the session: what was recorded since the last time."""
        taken, self._recorded = self._recorded, {}
        return taken


class Adapter:
    """Base of all methods: remembers nothing. Options of an arm are the keyword arguments of the constructor."""

    needs_profile = False
    """True for control arms that are shown the true preferences (`view.preferences`); tables mark them."""

    version = 1
    """Raised when the method's results can change; a run is not extended by another version."""

    def start_session(self, view: SessionView) -> Awaitable[None] | None:
        """Before the person speaks."""

    def observe_user(self, view: SessionView, message: str) -> Awaitable[None] | None:
        """Every message of the person: the opening, each turn, the ending one."""

    def prepare_prompt(self, view: SessionView) -> Awaitable[Prompt] | Prompt:
        """What the agent is asked this turn."""
        return Prompt(view.messages)

    def process_response(self, view: SessionView, completions: tuple[str, ...]) -> Awaitable[str] | str:
        """What the person reads."""
        return completions[0]

    def end_session(self, view: SessionView) -> Awaitable[None] | None:
        """After the person's last message: notes, cards, updates."""

    def export_state(self) -> State:
        """All that outlives a session. `import_state` of a fresh instance must restore it exactly."""
        return {}

    def import_state(self, state: State) -> None:
        """Restore what `export_state` gave."""
        if state:
            raise ValueError(f"{type(self).__name__} exports state but does not import it")


async def call_hook(hook: Callable[..., Any], *arguments: Any) -> Any:
    """Await an async hook; run a plain one in a thread, so that a slow method holds nobody else up.

    A SystemExit becomes a RuntimeError: let through, it would stop the event loop and leave everybody waiting.
    """
    if getattr(hook, "__func__", None) is getattr(Adapter, hook.__name__, None):
        return hook(*arguments)
    try:
        if inspect.iscoroutinefunction(hook):
            return await hook(*arguments)
        result = await asyncio.to_thread(hook, *arguments)
        return await result if inspect.isawaitable(result) else result
    except SystemExit as error:
        raise RuntimeError(repr(error)) from error
