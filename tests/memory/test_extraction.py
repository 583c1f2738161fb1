"""Every demand a person can make is kept, and nothing else they say."""

import pytest

from collab.identity import derived_rng
from collab.memory.cards import CardBox, Said, new_card
from collab.memory.extraction import RuleExtractor
from collab.people.preference_bank import load_bank
from collab.problems.collab_math import draw_problem
from collab.users import phrases

DEMANDS = [
    pytest.param(demand, id=f"{value.id}-{index}")
    for value in load_bank().values.values()
    for index, demand in enumerate(value.demands)
]
OTHER_SENTENCES = [sentence for name in dir(phrases) if name.isupper() for sentence in getattr(phrases, name)]


@pytest.mark.parametrize("demand", DEMANDS)
def test_a_demand_becomes_one_card_with_its_own_words(demand: str) -> None:
    cards = RuleExtractor()(f"{phrases.REPROACHES[0]} {demand}", "p000", 2, 3)
    assert [card.action for card in cards] == [demand]
    assert cards[0].said == Said("p000", 2, 3, demand)


@pytest.mark.parametrize("sentence", OTHER_SENTENCES)
def test_what_is_no_wish_becomes_no_card(sentence: str) -> None:
    assert RuleExtractor()(sentence, "p000", 0, 0) == []


def test_a_told_problem_becomes_no_card() -> None:
    for seed in range(40):
        problem = draw_problem(derived_rng(seed, "negatives"))
        for retelling in problem.retellings:
            assert RuleExtractor()(retelling, "p000", 0, 0) == [], f"seed {seed}: {retelling}"


def test_equal_wishes_are_merged_and_counted() -> None:
    box = CardBox()
    for session in range(3):
        said = Said("p000", session, 1, "Please be brief.")
        box.add(new_card("Please be brief." if session else "please be  BRIEF", said))
    assert len(box) == 1
    card = next(iter(box))
    assert (card.count, card.said.session, card.confirmed.session, box.merged) == (3, 0, 2, 2)


def test_cards_survive_being_written_down() -> None:
    box = CardBox()
    box.add(new_card("Use bullets.", Said("p000", 0, 1, "Use bullets.")))
    assert CardBox.from_json(box.to_json()).to_json() == box.to_json()


def test_the_same_words_of_two_people_are_two_cards() -> None:
    one, other = (new_card("Use bullets.", Said(person, 0, 1, "Use bullets.")) for person in ("p000", "p001"))
    assert one.id != other.id
