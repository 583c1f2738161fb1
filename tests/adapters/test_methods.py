"""What each shipped method puts into a prompt, read from the prompt itself."""

import asyncio

from collab.adapter import Adapter, PastSession, Prompt, SessionView
from collab.inference.requests import ChatMessage
from collab.people.preference_bank import load_bank
from collab.runner.contract import CANARY, REPLIES, TALK, Rehearsal, rehearse
from collab_adapters.all_memory import AllMemory
from collab_adapters.contextual import Contextual
from collab_adapters.oracle import Oracle
from collab_adapters.vanilla import Vanilla


def text(prompt: Prompt) -> str:
    return "\n".join(message.content for message in prompt.messages)


def past(session: int, words: str) -> PastSession:
    return PastSession(session, (ChatMessage("user", words), ChatMessage("assistant", "Noted.")))


def second_session(method: Adapter, extra: str) -> Prompt:
    """The first prompt of a session after one in which the person said `extra`."""

    async def scenario() -> Prompt:
        first = await rehearse(method, "ada", extra=extra)
        return (await rehearse(method, "ada", [first.history])).prompts[0]

    return asyncio.run(scenario())


def test_vanilla_carries_nothing_from_one_session_into_the_next() -> None:
    prompt = second_session(Vanilla(), f"Please say {CANARY}.")
    assert CANARY not in text(prompt)
    assert [message.role for message in prompt.messages] == ["system", "user"]


def test_contextual_shows_every_past_message_in_order() -> None:
    prompt = second_session(Contextual(), f"Please say {CANARY}.")
    assert CANARY in text(prompt)
    contents = [message.content for message in prompt.messages[1:]]
    assert contents == [TALK[0], REPLIES[0], f"{TALK[1]} Please say {CANARY}.", REPLIES[1], TALK[2], TALK[0]]


def test_contextual_drops_the_oldest_sessions_first_and_counts_them() -> None:
    history = [past(session, f"session{session} " * 300) for session in range(6)]
    view = SessionView(
        person="ada",
        session=6,
        max_turns=4,
        system_prompt="s",
        prompt_budget=4 * (100 + 80) + 1000,
        reply_tokens=100,
        history=tuple(history),
        tools=Rehearsal("ada", 6),
    )
    method = Contextual()

    async def scenario() -> Prompt:
        await method.start_session(view)
        view.hear("Hello.")
        return await method.prepare_prompt(view)

    shown = text(asyncio.run(scenario()))
    assert [session for session in range(6) if f"session{session} " in shown] == [3, 4, 5]
    assert view.take_recorded() == {"sessions_in_prompt": 3, "sessions_dropped": 3}


def test_contextual_never_shrinks_within_a_session() -> None:
    history = [past(session, "word " * 200) for session in range(3)]

    async def scenario() -> list[int]:
        played = await rehearse(Contextual(), "ada", history)
        return [len(prompt.messages) for prompt in played.prompts]

    lengths = asyncio.run(scenario())
    assert lengths[1] == lengths[0] + 2


def test_all_memory_shows_every_wish_behind_the_question() -> None:
    wish = f"Please always say {CANARY}."
    prompt = second_session(AllMemory(), wish)
    last = prompt.messages[-1].content
    assert last.startswith(TALK[0])
    assert wish in last and "Please answer in a single sentence." in last
    assert len(prompt.references) == 2


def test_all_memory_keeps_to_its_budget_and_says_what_it_dropped() -> None:
    method = AllMemory(budget_tokens=8)
    prompt = second_session(method, f"Please always say {CANARY}.")
    assert len(prompt.references) == 1


def test_the_oracle_shows_the_true_preference_and_no_other_method_could() -> None:
    value = next(iter(load_bank().values.values()))
    prompts = asyncio.run(rehearse(Oracle(), "ada")).prompts
    assert all(value.note in prompt.messages[-1].content for prompt in prompts)
    assert Oracle.needs_profile and not AllMemory.needs_profile


def test_a_placement_in_the_system_message_is_fixed_within_a_session() -> None:
    first, second = asyncio.run(rehearse(Oracle(placement="system"), "ada")).prompts
    assert first.messages[0] == second.messages[0]
    assert first.messages[0].content != "You are a helpful assistant."
