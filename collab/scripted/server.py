"""The scripted engine as an OpenAI-compatible server on loopback."""

import hmac
import os
import secrets
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from collab.engines.scripted import MODEL, WINDOW, scripted_identity
from collab.inference.tokens import count_words
from collab.scripted.agent import agent_reply
from collab.scripted.latency import Latency, pretend

KEY_VARIABLE = "COLLAB_SCRIPTED_API_KEY"


class ScriptedServer:
    """Counts what it was asked: `GET /stats` tells."""

    def __init__(self, latency: Latency | None, noise: float) -> None:
        self._latency = latency
        self._noise = noise
        self._running = 0
        self._requests = 0

    def app(self) -> web.Application:
        app = web.Application(middlewares=[require_key(os.environ.get(KEY_VARIABLE, ""))], client_max_size=2**26)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_post("/tokenize", self.tokenize)
        app.router.add_get("/v1/models", self.models)
        app.router.add_get("/health", self.health)
        app.router.add_get("/stats", self.stats)
        return app

    async def chat(self, request: web.Request) -> web.Response:
        """One completion per `n`, all the same: the reply depends on the request alone."""
        body = orjson.loads(await request.read())
        if body.get("model") != MODEL:
            return refusal(404, f"The model `{body.get('model')}` does not exist.", "NotFoundError", "model")
        self._requests += 1
        prompt_tokens = sum(count_words(message["content"]) for message in body["messages"])
        if prompt_tokens > WINDOW:
            text = f"This model's maximum context length is {WINDOW} tokens, the prompt contains {prompt_tokens}."
            return refusal(400, text, "BadRequestError", "input_tokens")
        reply, finish = cut_to(agent_reply(body["messages"], int(body.get("seed") or 0), self._noise), body)
        completion_tokens = count_words(reply)
        self._running += 1
        try:
            await pretend(self._latency, prompt_tokens, completion_tokens, self._running - 1)
        finally:
            self._running -= 1
        choice = {"message": {"role": "assistant", "content": reply}, "finish_reason": finish}
        return respond(
            {
                "id": f"chatcmpl-{secrets.token_hex(8)}",
                "object": "chat.completion",
                "model": MODEL,
                "choices": [{"index": index, **choice} for index in range(int(body.get("n", 1)))],
                "usage": {
                    "prompt_tokens": prompt_tokens,
                    "completion_tokens": completion_tokens,
                    "total_tokens": prompt_tokens + completion_tokens,
                },
            }
        )

    async def tokenize(self, request: web.Request) -> web.Response:
        return respond({"count": count_words(orjson.loads(await request.read())["prompt"])})

    async def models(self, request: web.Request) -> web.Response:
        return respond(
            {"object": "list", "data": [{"id": MODEL, "root": scripted_identity(self._noise), "max_model_len": WINDOW}]}
        )

    async def health(self, request: web.Request) -> web.Response:
        return web.Response()

    async def stats(self, request: web.Request) -> web.Response:
        return respond({"requests": self._requests, "running": self._running})


def cut_to(reply: str, body: dict[str, Any]) -> tuple[str, str]:
    """The reply within max_tokens words, and why it ends."""
    most = int(body.get("max_tokens") or WINDOW)
    if count_words(reply) <= most:
        return reply, "stop"
    words = reply.split(" ")
    while count_words(" ".join(words)) > most:
        words.pop()
    return " ".join(words), "length"


def respond(value: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")


def refusal(status: int, message: str, kind: str, param: str) -> web.Response:
    """An error in vLLM's form."""
    error = {"message": message, "type": kind, "param": param, "code": status}
    return web.Response(status=status, body=orjson.dumps({"error": error}), content_type="application/json")


def require_key(key: str) -> Middleware:
    """As vLLM does it: /v1 needs the key, /health stays open. Without a key everything is open."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if key and request.path.startswith("/v1") and not hmac.compare_digest(given, f"Bearer {key}"):
            return web.Response(status=401, body=b'{"error":"Unauthorized"}', content_type="application/json")
        return await handler(request)

    return check
