"""The composer is the proof that a person can be satisfied; where it fails, nobody's method could win."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory import CLASHES, IDS, PAIRS

from collab.identity import derived_rng
from collab.people.checkers import satisfied
from collab.people.composer import Unsatisfiable, compose
from collab.people.preference_bank import Value, load_bank
from collab.people.profiles import load_people
from collab.problems.answers import clarifying_question, stated_answer
from collab.problems.collab_math import draw_problem
from collab.problems.problem import Worked
from collab.problems.recognise import recognise
from collab.sentences import sentences

ONE = Worked(("12 + 5 = 17",), "17")
TWO = Worked(("6 × 9 = 54", "54 - 8 = 46"), "46")


def named(*names: str) -> list[Value]:
    return [load_bank().values[name] for name in names]


def assert_witness(worked: Worked, values: list[Value], seed: int) -> None:
    reply = compose(worked, values, seed)
    assert stated_answer(reply) == worked.answer
    assert not clarifying_question(reply)
    assert [v.id for v in values if satisfied(v, reply) is False] == [], reply


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("worked", [ONE, TWO], ids=["one step", "two steps"])
def test_every_value_can_be_honoured(name: str, worked: Worked) -> None:
    for seed in range(6):
        assert_witness(worked, named(name), seed)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_values_that_do_not_clash_can_be_honoured_together(one: str, other: str) -> None:
    for worked in (ONE, TWO):
        assert_witness(worked, named(one, other), seed=1)


@pytest.mark.parametrize(("one", "other"), CLASHES)
def test_values_that_clash_cannot_be_honoured_together(one: str, other: str) -> None:
    with pytest.raises(Unsatisfiable):
        compose(TWO, named(one, other))


@pytest.mark.parametrize("i", range(200))
def test_every_generated_person_can_be_satisfied_in_full(i: int) -> None:
    values = named(*(p.value for p in load_people("generated:200")[i].preferences))
    rng = random.Random(i)
    for _ in range(5):
        worked = recognise(draw_problem(rng).question)
        assert worked is not None
        assert_witness(worked, values, seed=rng.randrange(6))


@settings(max_examples=300, deadline=None, print_blob=True)
@given(st.randoms(use_true_random=False), st.integers(0, 100))
def test_any_set_without_a_clash_can_be_honoured_in_any_order(rng: random.Random, seed: int) -> None:
    chosen: list[Value] = []
    for rivals in rng.sample(list(load_bank().dimensions.values()), k=rng.randint(1, 12)):
        value = rng.choice(rivals)
        if all(value.id not in c.clashes for c in chosen):
            chosen.append(value)
    assert_witness(TWO, chosen, seed)
    assert compose(TWO, chosen, seed) == compose(TWO, chosen[::-1], seed)


def test_the_default_reply_is_four_sentences_with_the_answer_last() -> None:
    for worked in (ONE, TWO):
        for seed in range(6):
            found = sentences(compose(worked, [], seed))
            assert len(found) == 4
            assert found[-1] == f"The answer is {worked.answer}."


def test_a_wrong_working_is_not_passed_off_as_an_answer() -> None:
    with pytest.raises(Unsatisfiable):
        compose(Worked(("12 + 5 = 17",), ""), [])


def test_a_reply_meets_no_preference_that_nobody_asked_for() -> None:
    """An accident would count as memory: the arms' curves could not be foreseen."""
    seed = 20261120
    print(f"seed {seed}")
    rng = random.Random(seed)
    dimensions = list(load_bank().dimensions.values())
    tried = 0
    while tried < 3000:
        values = [rng.choice(rivals) for rivals in rng.sample(dimensions, rng.randrange(0, 9))]
        ids = {value.id for value in values}
        if any(clash in ids for value in values for clash in value.clashes):
            continue
        tried += 1
        problem = draw_problem(derived_rng(rng.randrange(10_000), "accidents"))
        worked = recognise(problem.question)
        assert worked is not None
        reply = compose(worked, values, seed=tried)
        held = {value.dimension for value in values}
        met = [v.id for v in load_bank().values.values() if v.dimension not in held and satisfied(v, reply)]
        assert met == [], f"{sorted(ids)} also meets {met}: {reply!r}"
