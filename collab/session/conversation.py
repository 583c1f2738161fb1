"""One session, from the opening to its ending."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from collab.adapter import Adapter, Prompt, SessionView, call_hook
from collab.errors import CollabError, ContextOverflow, SessionFailed
from collab.inference.requests import Completion
from collab.records import AgentTurn, Ending, Turn
from collab.session.calls import SessionCalls
from collab.session.gate import Gate
from collab.spec import Sampling
from collab.users.user import User


class Transcript:
    """What was said so far. `on_turn` hears each turn as it is complete: a screen may want to show it."""

    def __init__(self, on_turn: Callable[[Turn], None]) -> None:
        self.turns: list[Turn] = []
        self._on_turn = on_turn

    def add(self, turn: Turn) -> None:
        self.turns.append(turn)
        self._on_turn(turn)


async def converse(
    person: User,
    method: Adapter,
    calls: SessionCalls,
    sampling: Sampling,
    view: SessionView,
    gate: Gate,
    transcript: Transcript,
) -> Ending:
    """One session, written into `transcript` as it is said. Raises SessionFailed; never retries (its callees do).

    A prompt that outgrew the model's window ends the session as the last turn would: it counts, since the method or the
    talk made it so long.
    """
    await hook(method, "start_session", view)
    async with gate.user_wave():
        said = await person.open()
    while True:
        transcript.add(said)
        view.hear(said.message)
        await hook(method, "observe_user", view, said.message)
        if said.ending is not None:
            return said.ending
        if view.turn == view.max_turns:
            return Ending.MAX_TURNS
        prompt = _checked(await hook(method, "prepare_prompt", view), Prompt, "prepare_prompt")
        try:
            async with gate.agent_wave():
                completion = await calls.chat(
                    "agent", view.turn, "reply", prompt.messages, prompt.sampling or sampling, prompt.n
                )
        except SessionFailed as failed:
            if isinstance(failed.cause, ContextOverflow):
                return Ending.CONTEXT_LIMIT
            raise
        answer = _checked(await hook(method, "process_response", view, completion.texts), str, "process_response")
        reply = _agent_turn(view, answer, completion, prompt.references)
        view.say(answer)
        async with gate.user_wave():
            said = await person.reply(answer)
        transcript.add(reply.model_copy(update={"judged": not said.told_givens}))


def _agent_turn(view: SessionView, answer: str, completion: Completion, references: tuple[str, ...]) -> AgentTurn:
    memory = view.take_recorded()
    if references:
        memory["references"] = list(references)
    return AgentTurn(
        turn=view.turn,
        message=answer,
        finish_reason=completion.finish_reasons[0] if completion.finish_reasons else "",
        prompt_tokens=completion.usage.prompt,
        completion_tokens=completion.usage.completion,
        memory=memory,
    )


T = TypeVar("T")


def _checked(value: object, kind: type[T], hook_name: str) -> T:
    if not isinstance(value, kind):
        error = TypeError(f"{hook_name} returned {type(value).__name__}, not {kind.__name__}")
        raise SessionFailed("memory", error)
    return value


async def hook(method: Adapter, name: str, *arguments: object) -> Any:
    """Call a method's hook. Its own mistake ends its session, not the run."""
    try:
        return await call_hook(getattr(method, name), *arguments)
    except CollabError:
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise SessionFailed("memory", RuntimeError(f"{name} cancelled itself")) from error
    except Exception as error:
        raise SessionFailed("memory", error) from error
