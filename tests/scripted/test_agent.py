"""The scripted agent recognises every wording in every placement, and nothing else."""

import pytest

from collab.identity import derived_rng
from collab.inference.requests import ChatMessage
from collab.memory.notes import Placement, place_notes
from collab.people.checkers import satisfied
from collab.people.preference_bank import Value, load_bank
from collab.problems.collab_math import draw_problem
from collab.scripted.agent import NO_TASK, agent_reply, stated

BANK = load_bank()
PROBLEM = draw_problem(derived_rng(1, "agent"))
CHAT = (ChatMessage("system", "You are a helpful assistant."), ChatMessage("user", PROBLEM.retellings[0]))
WORDINGS = [
    pytest.param(value, wording, id=f"{value.id}-{index}")
    for value in BANK.values.values()
    for index, wording in enumerate((value.note, *value.demands))
]


def answer(messages: tuple[ChatMessage, ...], noise: float = 0.0, seed: int = 0) -> str:
    return agent_reply([message.as_json() for message in messages], seed, noise)


@pytest.mark.parametrize(("value", "wording"), WORDINGS)
@pytest.mark.parametrize("placement", ["after_question", "before_question", "system", "complaint", "earlier_session"])
def test_a_wording_is_followed_wherever_it_stands(value: Value, wording: str, placement: str) -> None:
    if placement == "complaint":
        said = (*CHAT, ChatMessage("assistant", "The answer is 1."), ChatMessage("user", f"Hmm, not quite. {wording}"))
    elif placement == "earlier_session":
        said = (CHAT[0], ChatMessage("user", f"Hello. {wording}"), ChatMessage("assistant", "Sure."), *CHAT[1:])
    else:
        said = place_notes(CHAT, [wording], _placement(placement))
    assert satisfied(value, answer(said))


def _placement(name: str) -> Placement:
    assert name in ("after_question", "before_question", "system")
    return name  # type: ignore[return-value]


def test_without_a_wish_no_preference_is_met() -> None:
    reply = answer(CHAT)
    assert [value.id for value in BANK.values.values() if satisfied(value, reply)] == []


def test_what_the_agent_said_itself_states_no_preference() -> None:
    said = [{"role": "assistant", "content": BANK.value("language.spanish").note}]
    assert stated(said) == []


def test_the_newest_wish_of_a_dimension_wins() -> None:
    wishes = [BANK.value("language.spanish").note, BANK.value("language.french").note]
    reply = answer(place_notes(CHAT, wishes, "after_question"))
    assert satisfied(BANK.value("language.french"), reply)


def test_the_newest_problem_is_the_one_that_is_solved() -> None:
    other = draw_problem(derived_rng(2, "agent"))
    said = (CHAT[0], ChatMessage("user", other.retellings[0]), ChatMessage("assistant", "Done."), *CHAT[1:])
    assert f"The answer is {PROBLEM.gold}." in answer(said)


def test_noise_breaks_the_stated_share_of_preferences() -> None:
    value = BANK.value("length.one_sentence")
    said = place_notes(CHAT, [value.note], "after_question")
    broken = sum(not satisfied(value, answer(said, noise=0.3, seed=seed)) for seed in range(500))
    assert 110 <= broken <= 190


def test_without_a_task_it_asks_for_one() -> None:
    assert answer((CHAT[0], ChatMessage("user", "Hello there."))) == NO_TASK
