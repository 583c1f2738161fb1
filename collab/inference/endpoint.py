"""A served role: one or more URLs behind one pool, one limit, one health watch, one retry layer."""

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, TypeVar

import aiohttp
import orjson

from collab.errors import EndpointDown, Rejected, Transient, Unauthorised, WrongInput
from collab.inference.http import open_session, post, post_chat
from collab.inference.requests import ChatRequest, Completion
from collab.inference.retry import Attempts
from collab.spec import EndpointSpec

Notify = Callable[[], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What a server says it serves. `root` is where it loaded the weights from; `window` 0 where it does not tell."""

    name: str
    root: str
    window: int


@dataclass(frozen=True, slots=True)
class Waited:
    """What an answer took beside its flight."""

    queued_s: float
    retries: int


class Endpoint:
    """Calls of one role. Open it with `async with`; every call that carries work goes through `_answered`."""

    def __init__(self, role: str, spec: EndpointSpec, key: str | None, patience_s: float) -> None:
        self.role = role
        self.spec = spec
        self.urls = tuple(url.rstrip("/").removesuffix("/v1") for url in spec.urls)
        self.answered: Notify = lambda: None
        self._key = key
        self._patience_s = patience_s
        self._places = asyncio.Semaphore(spec.in_flight * max(1, len(self.urls)))
        self._up = asyncio.Event()
        self._up.set()
        self._probe: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None
        self._jitter = random.Random()

    async def __aenter__(self) -> "Endpoint":
        self._session = open_session(self._key, self.spec.in_flight * max(1, len(self.urls)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None, "open the endpoint with `async with`"
        return self._session

    async def chat(self, request: ChatRequest, affinity: str, on_wait: Notify = lambda: None) -> Completion:
        """One answer, however many sends it takes. `on_wait` is called before each back-off.

        Raises the last CallFailed, or EndpointDown when the server stays away longer than the run's patience.
        """

        async def send(base: str) -> Completion:
            return await post_chat(self.session, base, request, self.spec.deadline_s)

        completion, waited = await self._answered(send, affinity, on_wait)
        return replace(completion, queued_s=waited.queued_s, retries=waited.retries)

    async def count_tokens(self, text: str, model: str) -> int:
        """Tokens of a bare text by the server's tokenizer, without template or special tokens. Raises as `chat`."""
        body = {"model": model, "prompt": text, "add_special_tokens": False}

        async def send(base: str) -> int:
            answer: Any = await post(self.session, f"{base}/tokenize", body, 60.0)
            if not isinstance(answer, dict) or not isinstance(answer.get("count"), int):
                raise Rejected(f"{base}/tokenize: an answer without a count")
            return int(answer["count"])

        count, _ = await self._answered(send, "", lambda: None)
        return count

    async def can_count_tokens(self, model: str) -> bool:
        """Whether the server counts tokens for us (vLLM does, hosted models do not)."""
        try:
            await self.count_tokens("one two", model)
        except Rejected:
            return False
        return True

    async def served_model(self, wanted: str) -> ServedModel:
        """What the first URL serves under `wanted`, or under its only name. Raises WrongInput among several others."""
        served = await self._get_models(self.urls[0])
        for entry in served:
            if entry.name == wanted:
                return entry
        if len(served) != 1:
            names = ", ".join(entry.name for entry in served) or "no model"
            mend = "Name one: --set protocol.agent.model=NAME"
            raise WrongInput(f"{self.urls[0]}: models", names, f"one called {wanted}, or only one", mend)
        return served[0]

    async def _answered(self, send: Callable[[str], Awaitable[T]], affinity: str, on_wait: Notify) -> tuple[T, Waited]:
        """The retry layer. A call takes a place only while it is sent, and waits outside while the server is away."""
        attempts = Attempts(self.spec.attempts, self._jitter)
        base = self._url(affinity)
        queued = 0.0
        while True:
            await self._wait_until_up()
            asked = time.monotonic()
            async with self._places:
                queued += time.monotonic() - asked
                try:
                    answer = await send(base)
                    self.answered()
                    return answer, Waited(queued, attempts.used)
                except Transient as error:
                    pause = attempts.pause_after(error)
                    if pause is None:
                        raise
            if pause:
                on_wait()
                if not await self._healthy(base):
                    self._watch()
                await asyncio.sleep(pause)

    def _url(self, affinity: str) -> str:
        """The same URL for one chain, so that its prefixes stay in one cache."""
        digest = hashlib.blake2b(affinity.encode(), digest_size=4).digest()
        return self.urls[int.from_bytes(digest, "big") % len(self.urls)]

    async def _get_models(self, base: str) -> list[ServedModel]:
        async with asyncio.timeout(30), self.session.get(f"{base}/v1/models") as response:
            if response.status in (401, 403):
                raise Unauthorised(f"{base}: {response.status}. Set COLLAB_{self.role.upper()}_API_KEY.")
            entries = orjson.loads(await response.read())["data"]
        return [
            ServedModel(str(entry["id"]), str(entry.get("root") or entry["id"]), int(entry.get("max_model_len") or 0))
            for entry in entries
        ]

    async def _healthy(self, base: str) -> bool:
        """Any answer below 500 counts: hosted servers have no /health but do answer."""
        try:
            async with asyncio.timeout(5), self.session.get(f"{base}/health") as response:
                return response.status < 500
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False

    def _watch(self) -> None:
        if self._probe is None or self._probe.done():
            self._up.clear()
            self._probe = asyncio.create_task(self._until_healthy(), name=f"probe-{self.role}")

    async def _until_healthy(self) -> None:
        while not all([await self._healthy(url) for url in self.urls]):  # noqa: ASYNC110 - a server sets no event
            await asyncio.sleep(1.0)
        self._up.set()

    async def _wait_until_up(self) -> None:
        if self._up.is_set():
            return
        try:
            async with asyncio.timeout(self._patience_s):
                await self._up.wait()
        except TimeoutError:
            raise EndpointDown(
                f"{self.role}: {', '.join(self.urls)} did not come back within {self._patience_s:g} s. "
                "Start it again, then run the same command: it goes on where it stopped."
            ) from None
