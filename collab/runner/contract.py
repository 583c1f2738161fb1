"""The promises of an adapter, each tried on the method at hand without any server."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import orjson

from collab.adapter import Adapter, PastSession, Prompt, SessionView, call_hook
from collab.identity import derived_rng
from collab.inference.requests import ChatMessage, Completion
from collab.inference.tokens import count_words
from collab.people.preference_bank import Value, load_bank
from collab.refusals import did_you_mean, raised_at
from collab.runner.methods import load_method
from collab.spec import Sampling
from collab.store.state import State, refuse_unwritable

CANARY = "quetzalcoatlus"
TALK = ("Hi. I have 12 apples and buy 5 more.", "Hmm. Please answer in a single sentence.", "Thanks, that was all.")
REPLIES = ("The answer is 17.", "You have 17 apples.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise, whether it was kept, and what was found where it was not."""

    promise: str
    ok: bool
    found: str = ""


@dataclass
class Rehearsal:
    """Tools without a server: every call gets the same words. A step may be used once per turn, as in a run."""

    person: str
    session: int
    used: set[tuple[int, str]] = field(default_factory=set)

    async def memory_chat(
        self, turn: int, step: str, messages: Sequence[ChatMessage], sampling: Sampling, n: int
    ) -> Completion:
        if (turn, step) in self.used:
            raise ValueError(f"step {step!r} was used twice in turn {turn}; give a re-ask a step of its own")
        self.used.add((turn, step))
        return Completion(("A short note.",) * n, ("stop",) * n, "rehearsal")

    async def count_tokens(self, text: str) -> int:
        return count_words(text)

    def rng(self, turn: int, step: str) -> random.Random:
        return derived_rng(0, self.person, self.session, turn, step)


@dataclass
class Played:
    """What a rehearsed session showed: the prompts, and what the person read."""

    prompts: list[Prompt]
    answers: list[str]
    history: PastSession


async def examine(method: str) -> list[Verdict]:
    """Try every promise. Raises WrongInput where the method cannot even be found."""
    make = load_method(method)
    tried: list[tuple[str, Callable[[type[Adapter]], Awaitable[str]]]] = [
        ("can be made without arguments and plays a session", _plays),
        ("asks with the system message first and the person's message last", _asks_in_order),
        ("answers with text", _answers_with_text),
        ("exports JSON and arrays, and imports them exactly", _round_trips),
        ("plays on after a restart as if there had been none", _survives_a_restart),
        ("asks the same when the same is said", _repeats_itself),
        ("keeps one person's words from another", _keeps_people_apart),
    ]
    return [await _tried(promise, trial, make) for promise, trial in tried] + _hints(make)


def _hints(make: type[Adapter]) -> list[Verdict]:
    """Public functions that look like a misspelt hook: nothing would ever call them."""
    hooks = [name for name, value in vars(Adapter).items() if callable(value) and not name.startswith("_")]
    own = [name for name, value in vars(make).items() if callable(value) and not name.startswith("_")]
    return [
        Verdict(f"hint: nothing calls {name}", True, nearest)
        for name in own
        if name not in hooks and (nearest := did_you_mean(name, hooks))
    ]


async def _tried(promise: str, trial: Callable[[type[Adapter]], Awaitable[str]], make: type[Adapter]) -> Verdict:
    try:
        found = await trial(make)
    except Exception as error:
        found = f"{type(error).__name__}: {error}{raised_at(error)}"
    return Verdict(promise, not found, found)


async def rehearse(method: Adapter, person: str, past: Sequence[PastSession] = (), extra: str = "") -> Played:
    """One session of three messages, with `extra` in the second one."""
    session = len(past)
    view = SessionView(
        person=person,
        session=session,
        max_turns=8,
        system_prompt="You are a helpful assistant.",
        prompt_budget=4000,
        reply_tokens=100,
        history=tuple(past),
        tools=Rehearsal(person, session),
        preferences=_true_preferences() if method.needs_profile else None,
    )
    prompts, answers = [], []
    await call_hook(method.start_session, view)
    for index, message in enumerate(TALK):
        view.hear(f"{message} {extra}" if extra and index == 1 else message)
        await call_hook(method.observe_user, view, message if not extra or index != 1 else f"{message} {extra}")
        if index == len(REPLIES):
            break
        prompt = await call_hook(method.prepare_prompt, view)
        if not isinstance(prompt, Prompt):
            raise TypeError(f"prepare_prompt returned {type(prompt).__name__}, not collab.adapter.Prompt")
        prompts.append(prompt)
        answers.append(await call_hook(method.process_response, view, (REPLIES[index],) * prompts[-1].n))
        view.say(str(answers[-1]))
    await call_hook(method.end_session, view)
    return Played(prompts, answers, PastSession(session, view.said))


def _true_preferences() -> tuple[Value, ...]:
    return tuple(load_bank().values.values())[:1]


async def _plays(make: type[Adapter]) -> str:
    await rehearse(make(), "ada")
    return ""


async def _asks_in_order(make: type[Adapter]) -> str:
    for prompt in (await rehearse(make(), "ada")).prompts:
        roles = [message.role for message in prompt.messages]
        if not roles or roles[0] != "system" or roles[-1] != "user":
            return f"roles {roles}"
    return ""


async def _answers_with_text(make: type[Adapter]) -> str:
    wrong = [answer for answer in (await rehearse(make(), "ada")).answers if not isinstance(answer, str)]
    return f"process_response returned {type(wrong[0]).__name__}" if wrong else ""


async def _round_trips(make: type[Adapter]) -> str:
    method = make()
    await rehearse(method, "ada")
    state = method.export_state()
    again = make()
    again.import_state(_through_disk(state))
    return "" if _same(state, again.export_state()) else f"{state} became {again.export_state()}"


async def _survives_a_restart(make: type[Adapter]) -> str:
    method = make()
    first = await rehearse(method, "ada")
    restarted = make()
    restarted.import_state(_through_disk(method.export_state()))
    straight = (await rehearse(method, "ada", [first.history])).prompts
    resumed = (await rehearse(restarted, "ada", [first.history])).prompts
    return "" if straight == resumed else "the second session's prompts differ"


async def _repeats_itself(make: type[Adapter]) -> str:
    one, other = await rehearse(make(), "ada"), await rehearse(make(), "ada")
    return "" if one.prompts == other.prompts else "the prompts differ"


async def _keeps_people_apart(make: type[Adapter]) -> str:
    first = make()
    await rehearse(first, "ada", extra=f"Please always say {CANARY}.")
    other = make()
    played = await rehearse(other, "bob")
    leaked = [message.content for prompt in played.prompts for message in prompt.messages if CANARY in message.content]
    if leaked or CANARY in str(other.export_state()):
        return "a word that only one person said reached another"
    return ""


def _through_disk(state: State) -> State:
    """JSON and back for plain values, a copy for arrays: what the store does. Raises TypeError as the store would."""
    refuse_unwritable(state)
    plain = {name: value for name, value in state.items() if not isinstance(value, np.ndarray)}
    arrays = {name: value.copy() for name, value in state.items() if isinstance(value, np.ndarray)}
    restored: State = orjson.loads(orjson.dumps(plain))
    return restored | arrays


def _same(one: State, other: State) -> bool:
    if one.keys() != other.keys():
        return False
    return all(
        np.array_equal(one[name], other[name])
        if isinstance(one[name], np.ndarray)
        else orjson.dumps(one[name]) == orjson.dumps(other[name])
        for name in one
    )
