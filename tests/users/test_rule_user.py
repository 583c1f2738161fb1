"""The policy of the person, reply by reply."""

import asyncio
import random

from collab.identity import derived_rng
from collab.people.person import Person, Preference, Temperament
from collab.people.preference_bank import load_bank
from collab.problems.problem import Problem
from collab.records import Ending, UserTurn
from collab.spec import UserSpec
from collab.users.rule import RuleUser

BANK = load_bank()
PROBLEM = Problem(
    id="x",
    dataset="collab-math",
    question="Ana has 12 apples and buys 5 more. How many does she have?",
    retellings=("I had 12 apples and bought 5. How many are there now?",),
    gold="17",
    grader="math",
    domain="math",
    task="compute",
)
PLAIN = "You start with twelve apples. Then you add the other five. That settles the sum. The answer is 17."
SHORT = "You now have 17 apples."


def user(*values: str, patience: int = 3, let_go: float = 0.0, **spec: object) -> RuleUser:
    temperament = Temperament(patience=patience, let_go=let_go, typos=0.0, talkative=False)
    preferences = tuple(Preference(value=value, salience=1.0) for value in values)
    person = Person(id="p0", persona="A baker.", temperament=temperament, preferences=preferences)

    def rng(turn: int, step: str) -> random.Random:
        return derived_rng(0, "p0", 0, turn, step)

    in_force = [BANK.value(value) for value in values]
    return RuleUser(person, in_force, PROBLEM, UserSpec.model_validate(spec), rng)


def hear(person: RuleUser, *replies: str) -> list[UserTurn]:
    async def scenario() -> list[UserTurn]:
        turns = [await person.open()]
        for reply in replies:
            turns.append(await person.reply(reply))
        return turns

    return asyncio.run(scenario())


def test_the_opening_holds_every_given_and_copies_nothing() -> None:
    opening = hear(user("length.one_sentence"))[0].message
    assert "12" in opening and "5" in opening
    assert PROBLEM.question not in opening


def test_a_violation_gets_a_demand_and_nothing_else() -> None:
    turn = hear(user("length.one_sentence"), PLAIN)[1]
    assert turn.violated == turn.enforced == ("length.one_sentence",)
    assert any(demand in turn.message for demand in BANK.value("length.one_sentence").demands)
    assert turn.ending is None and turn.draft is None
    assert not any(character.isdigit() for character in turn.message)


def test_a_compliant_answer_satisfies_and_becomes_the_draft() -> None:
    turn = hear(user("length.one_sentence"), PLAIN, SHORT)[2]
    assert turn.ending is Ending.SATISFIED
    assert turn.draft == "17"


def test_at_most_two_preferences_are_named_in_one_message_by_priority() -> None:
    three = ("greeting.hello", "length.one_sentence", "language.spanish")
    first = hear(user(*three), PLAIN)[1]
    assert first.violated == three
    assert first.enforced == three[:2]
    assert hear(user(*three, names_per_message="all"), PLAIN)[1].enforced == three


def test_a_clarifying_question_is_answered_and_nothing_is_enforced_on_it() -> None:
    turn = hear(user("length.one_sentence"), "Could you tell me how many apples you had at first?")[1]
    assert turn.told_givens
    assert turn.enforced == turn.violated == ()
    assert "12" in turn.message


def test_patience_ends_and_the_record_says_so() -> None:
    turns = hear(user("length.one_sentence", patience=2), PLAIN, PLAIN, PLAIN)
    assert [turn.enforced for turn in turns[1:]] == [("length.one_sentence",)] * 2 + [()]
    assert turns[3].let_go == ("length.one_sentence",)
    assert turns[3].ending is Ending.SATISFIED


def test_the_second_demand_is_worded_otherwise() -> None:
    turns = hear(user("length.one_sentence"), PLAIN, PLAIN)
    assert turns[1].message.split(". ", 1)[1] != turns[2].message.split(". ", 1)[1]


def test_who_never_bothers_enforces_nothing_but_the_violation_is_recorded() -> None:
    turn = hear(user("length.one_sentence", let_go=1.0), PLAIN)[1]
    assert turn.violated == turn.let_go == ("length.one_sentence",)
    assert turn.enforced == ()


def test_a_reply_without_an_answer_is_asked_for_one_and_then_given_up() -> None:
    evasive = "Sums like this one are best taken slowly and with care."
    turns = hear(user("length.one_sentence"), evasive, evasive, evasive)
    assert [turn.ending for turn in turns[1:]] == [None, None, Ending.GAVE_UP]
    assert turns[3].draft is None


def test_a_looping_reply_satisfies_nobody() -> None:
    turn = hear(user("length.one_sentence"), "apples apples apples apples " * 10)[1]
    assert turn.violated == ("length.one_sentence",)


def test_a_vague_opening_keeps_the_givens_for_the_next_turn() -> None:
    opening, told = hear(user("length.one_sentence", opening="vague"), "Tell me more about it.")
    assert "12" not in opening.message
    assert "12" in told.message and told.told_givens
