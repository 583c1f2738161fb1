"""Which preferences matter in a session is the benchmark's common ground: it may depend on nothing that arms change."""

from collections import Counter
from functools import cache
from statistics import mean

import pytest

from collab.errors import WrongInput
from collab.people.in_force import in_force
from collab.people.person import Person, Preference
from collab.people.preference_bank import load_bank
from collab.people.profiles import load_people

SUM = frozenset({"always", "domain:math", "task:compute", "level:basic"})
ESSAY = frozenset({"always", "domain:writing", "task:explain", "level:basic"})


@cache
def people() -> tuple[Person, ...]:
    return load_people("generated:60")


def ids(
    person: Person, session: int, tags: frozenset[str] = SUM, rule: int = 3, most: int = 8, seed: int = 0
) -> list[str]:
    return [v.id for v in in_force(person, session, tags, load_bank(), rule, most, seed)]


@pytest.mark.parametrize("i", range(20))
def test_the_order_is_the_persons_priority_and_the_always_important_are_there(i: int) -> None:
    person = people()[i]
    order = [p.value for p in person.preferences]
    always = {p.value for p in person.preferences if p.salience == 1}
    for session in range(30):
        found = ids(person, session)
        assert found == sorted(found, key=order.index)
        assert always <= set(found)
        assert 2 <= len(found) <= 4


def test_it_depends_on_seed_person_and_session_alone() -> None:
    person = people()[0]
    assert ids(person, 5) == ids(person, 5)
    assert len({tuple(ids(person, k)) for k in range(30)}) > 3
    assert [ids(person, k) for k in range(30)] != [ids(person, k, seed=1) for k in range(30)]
    other_temper = person.model_copy(update={"persona": "Somebody else."})
    assert [ids(person, k) for k in range(30)] == [ids(other_temper, k) for k in range(30)]


def test_the_mean_is_the_rule() -> None:
    rich = [p for p in people() if len(p.preferences) >= 5]
    assert mean(len(ids(p, k)) for p in rich for k in range(100)) == pytest.approx(3, abs=0.05)


def test_at_least_one_and_at_most_the_cap() -> None:
    for person in people():
        for session in range(20):
            assert 1 <= len(ids(person, session, rule=1)) <= 2
            assert len(ids(person, session, most=1)) == 1


def test_salience_is_the_chance_to_come_in() -> None:
    weights = {"length.long": 0.8, "emoji.at_end": 0.4, "closing.question": 0.2}
    person = Person(
        id="x",
        persona="A baker.",
        temperament=people()[0].temperament,
        preferences=tuple(Preference(value=v, salience=s) for v, s in weights.items()),
    )
    seen = Counter(v for k in range(2000) for v in ids(person, k, rule=1, most=1))
    assert seen["length.long"] / 2000 == pytest.approx(0.8 / 1.4, abs=0.04)
    assert seen["emoji.at_end"] / 2000 == pytest.approx(0.4 / 1.4, abs=0.04)
    assert seen["closing.question"] / 2000 == pytest.approx(0.2 / 1.4, abs=0.04)


def test_a_condition_that_does_not_hold_keeps_a_preference_out() -> None:
    for person in people():
        for session in range(10):
            found = in_force(person, session, ESSAY, load_bank(), "all", 1, 0)
            assert {v.condition for v in found} <= ESSAY
            kept = [p.value for p in person.preferences if load_bank().values[p.value].condition in ESSAY]
            assert [v.id for v in found] == kept


def test_a_value_that_the_bank_does_not_know_is_refused_for_the_person() -> None:
    person = people()[0].model_copy(update={"preferences": (Preference(value="length.lang", salience=1),)})
    with pytest.raises(WrongInput, match=r"person p000: found 'length.lang'.*'length.long'"):
        ids(person, 0)
