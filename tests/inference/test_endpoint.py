"""What each kind of server trouble becomes, against a real server on a real socket."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from collab.errors import CallFailed, ContextOverflow, EndpointDown, Rejected, Transient, Unauthorised
from collab.inference.endpoint import Endpoint
from collab.inference.requests import ChatMessage, ChatRequest, Completion
from collab.spec import EndpointSpec, Sampling

SECRET = "sk-very-secret-123"
REQUEST = ChatRequest("agent", (ChatMessage("user", "hi"),), Sampling(), seed=1)
OK = {
    "model": "agent",
    "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 2}},
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def ask(handler: Handler, patience_s: float = 5.0, **spec: float) -> Completion:
    """One call through an Endpoint to a server that answers with `handler`."""

    async def scenario() -> Completion:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", handler)
        app.router.add_get("/health", _healthy)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        options = EndpointSpec.model_validate({"urls": [f"http://127.0.0.1:{port}/v1"], **spec})
        try:
            async with Endpoint("agent", options, SECRET, patience_s) as endpoint:
                return await endpoint.chat(REQUEST, "chain")
        finally:
            await runner.cleanup()

    return asyncio.run(scenario())


async def _healthy(request: web.Request) -> web.Response:
    return web.Response()


def answering(*statuses: int, body: dict[str, object] | None = None, **headers: str) -> Handler:
    """Answers with each status in turn, then well."""
    left = itertools.chain(statuses, itertools.repeat(200))

    async def handler(request: web.Request) -> web.Response:
        status = next(left)
        if status == 200:
            return web.json_response(OK)
        return web.json_response(body or {"error": {"message": "no"}}, status=status, headers=headers)

    return handler


def test_an_answer_carries_its_words_and_its_tokens() -> None:
    completion = ask(answering())
    assert completion.texts == ("hello",)
    assert (completion.usage.prompt, completion.usage.cached, completion.usage.completion) == (3, 2, 1)
    assert completion.retries == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_trouble_is_asked_again_and_counted(status: int) -> None:
    assert ask(answering(status)).retries == 1


def test_the_last_try_raises_what_the_server_said() -> None:
    with pytest.raises(Transient, match="500: no"):
        ask(answering(500, 500, 500), attempts=2)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"message": "too long", "param": "input_tokens"}, ContextOverflow),
        (400, {"message": "x", "code": "context_length_exceeded"}, ContextOverflow),
        (400, {"message": "This model's maximum context length is 4096 tokens"}, ContextOverflow),
        (400, {"message": "temperature must be positive"}, Rejected),
        (404, {"message": "no such model"}, Rejected),
        (401, "Unauthorized", Unauthorised),
    ],
)
def test_a_refusal_is_typed_and_never_asked_again(status: int, error: object, kind: type[CallFailed]) -> None:
    asked = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response({"error": error}, status=status)

    with pytest.raises(kind):
        ask(handler)
    assert asked == 1


def test_a_stalled_call_ends_at_its_deadline_and_is_asked_again() -> None:
    first = True

    async def handler(request: web.Request) -> web.Response:
        nonlocal first
        if first:
            first = False
            await asyncio.sleep(30)
        return web.json_response(OK)

    assert ask(handler, deadline_s=0.3).retries == 1


def test_an_answer_without_its_fields_is_the_servers_fault_and_asked_again() -> None:
    answers = iter([{"choices": [{}]}, {"object": "error"}, OK])

    async def handler(request: web.Request) -> web.Response:
        return web.json_response(next(answers))

    assert ask(handler).retries == 2


def test_a_connection_closed_while_idle_is_forgiven_once() -> None:
    closed = False

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal closed
        if not closed:
            closed = True
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(OK)

    assert ask(handler).retries == 0


def test_a_server_that_stays_away_ends_in_words_after_the_patience() -> None:
    async def scenario() -> None:
        spec = EndpointSpec(urls=("http://127.0.0.1:9",))
        async with Endpoint("agent", spec, None, 1.0) as endpoint:
            await endpoint.chat(REQUEST, "chain")

    with pytest.raises(EndpointDown, match="did not come back within 1 s"):
        asyncio.run(scenario())


def test_a_key_that_the_server_echoes_stands_in_no_error() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"error": {"message": request.headers["Authorization"]}}, status=400)

    with pytest.raises(CallFailed, match="Bearer") as caught:
        ask(handler)
    assert SECRET not in str(caught.value)


def test_fewer_texts_than_asked_for_are_the_servers_fault() -> None:
    answers = iter([{**OK, "choices": []}, {**OK, "choices": [{"message": {"content": ["a"]}}]}, OK])

    async def handler(request: web.Request) -> web.Response:
        return web.json_response(next(answers))

    assert ask(handler).retries == 2
