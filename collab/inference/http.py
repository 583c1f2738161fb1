"""One HTTP exchange with an OpenAI-compatible server, and the one place where its failures get their types."""

import asyncio
import time
from typing import Any

import aiohttp
import orjson

from collab.errors import CallFailed, ContextOverflow, Rejected, Transient, Unauthorised
from collab.inference.requests import ChatRequest, Completion, Usage

KEEP_ALIVE_S = 4.0
"""Idle connections are dropped before uvicorn's default of 5 s closes them under us (vLLM keeps that default)."""

IDLE_S = 1.0
"""A connection that breaks sooner than this after sending was dead before: closed by the server while idle."""


def open_session(key: str | None, in_flight: int) -> aiohttp.ClientSession:
    """A connection pool for one endpoint. The key travels in a header, and headers are never logged."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=in_flight, keepalive_timeout=KEEP_ALIVE_S, force_close=False),
        timeout=aiohttp.ClientTimeout(total=None),
        headers={"Authorization": f"Bearer {key}"} if key else None,
        json_serialize=lambda value: orjson.dumps(value).decode(),
    )


async def post(session: aiohttp.ClientSession, url: str, body: dict[str, Any], deadline_s: float) -> Any:
    """POST and parse. Raises one of the CallFailed kinds; the deadline covers sending, waiting and reading."""
    sent = time.monotonic()
    try:
        async with asyncio.timeout(deadline_s):
            async with session.post(
                url, data=orjson.dumps(body), headers={"Content-Type": "application/json"}, allow_redirects=False
            ) as response:
                content = await response.read()
    except TimeoutError:
        raise Transient(f"{url}: no answer within {deadline_s:g} s") from None
    except aiohttp.ServerDisconnectedError:
        raise Transient(
            f"{url}: connection closed before an answer", idle_closed=time.monotonic() - sent < IDLE_S
        ) from None
    except (aiohttp.ClientError, OSError) as error:
        raise Transient(f"{url}: {type(error).__name__}: {error}") from None
    if response.status != 200:
        content = _without_key(content, session)
        raise failure(url, response.status, content, response.headers.get("Retry-After"))
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Transient(f"{url}: the answer is no JSON: {content[:80]!r}") from None


def _without_key(content: bytes, session: aiohttp.ClientSession) -> bytes:
    """Some servers echo what they were sent; a key must not reach an error, and through it a record."""
    key = session.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return content.replace(key, b"[key]") if key else content


def failure(url: str, status: int, content: bytes, retry_after: str | None) -> CallFailed:
    """The type of a refusal. Context overflow is told by vLLM's `param`, by OpenAI's `code`, else by its words."""
    message, param, code = _details(content)
    text = f"{url}: {status}: {message[:300]}"
    if status in (401, 403):
        return Unauthorised(f"{text}. Set COLLAB_AGENT_API_KEY (or _USER_) to the key of that server.")
    if status in (408, 409, 425, 429) or status >= 500:
        return Transient(text, retry_after=_seconds(retry_after))
    if param == "input_tokens" or code == "context_length_exceeded" or "maximum context length" in message:
        return ContextOverflow(text)
    return Rejected(text)


def _details(content: bytes) -> tuple[str, str, str]:
    try:
        error = orjson.loads(content).get("error", {})
    except (orjson.JSONDecodeError, AttributeError):
        return content[:300].decode(errors="replace"), "", ""
    if not isinstance(error, dict):
        return str(error), "", ""
    return str(error.get("message", "")), str(error.get("param") or ""), str(error.get("code") or "")


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None


async def post_chat(session: aiohttp.ClientSession, base: str, request: ChatRequest, deadline_s: float) -> Completion:
    """One chat call. An answer without the promised fields is Transient: the server, not the request, is at fault."""
    began = time.monotonic()
    answer = await post(session, f"{base}/v1/chat/completions", request.as_json(), deadline_s)
    try:
        choices = answer["choices"]
        texts = tuple(choice["message"]["content"] or "" for choice in choices)
        if len(texts) < request.n or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{request.n} texts")
        usage = answer.get("usage") or {}
        details = usage.get("prompt_tokens_details") or {}
        return Completion(
            texts=texts,
            finish_reasons=tuple(str(choice.get("finish_reason") or "") for choice in choices),
            model=str(answer.get("model", "")),
            usage=Usage(
                prompt=int(usage.get("prompt_tokens") or 0),
                cached=int(details.get("cached_tokens") or 0),
                completion=int(usage.get("completion_tokens") or 0),
            ),
            flight_s=time.monotonic() - began,
        )
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise Transient(f"{base}: an answer without {error}: {str(answer)[:120]}") from None
