"""A checker that passes the wrong reply hides a violation; one that fails the right reply invents one."""

import pytest
from checker_replies import FOLLOWS, IGNORES
from inventory import CHECKERS_LISTED, IDS

from collab.errors import WrongInput
from collab.people.checkers import checker, degenerate, satisfied
from collab.people.composer import compose
from collab.people.preference_bank import load_bank
from collab.problems.problem import Worked

CHECKED = sorted(FOLLOWS)
ONE = Worked(("12 + 5 = 17",), "17")
TWO = Worked(("6 × 9 = 54", "54 - 8 = 46"), "46")
HAND_WRITTEN = [
    "Tom starts with 12 apples. He then gets 5 more from his aunt. We add them, so 12 + 5 = 17. The answer is 17.",
    "To find the total, we first look at the boxes. There are 6 boxes of 9 pens each. That makes 54. The answer is 54.",
    "Sure, I can help with that. You had 20 coins and spent 8 of them. The answer is 12.",
]


def plain_replies() -> list[str]:
    return HAND_WRITTEN + [compose(worked, [], seed) for worked in (ONE, TWO) for seed in range(6)]


DEGENERATE = [
    "",
    "   \n\n ",
    "17",
    "It.",
    "🙂🙂🙂🙂🙂🙂🙂🙂",
    "1. 1. 1. 1. 1. 1. 1.",
    "```\n12 + 5 = 17\n```",
    "the answer the answer the answer the answer the answer the answer the answer",
    "La respuesta es la respuesta es la respuesta es la respuesta es la respuesta es",
    "Bonjour mon ami, " + "je suis là pour vous aider " * 6,
    "Hello! " + "The answer is 17. " * 4,
    "# Title\n\n" + "- **add the two numbers now**\n" * 5 + "TL;DR: add 🙂",
    "Here is code with a loop inside.\n```\n" + "print(total + 1)\n" * 6 + "```",
    "The sum can be found by adding the numbers " + "🙂" * 30,
]


@pytest.mark.parametrize("name", CHECKERS_LISTED)
def test_every_checker_has_replies_to_be_tried_on(name: str) -> None:
    assert len(FOLLOWS[name]) >= 4
    assert len(IGNORES[name]) >= 4


@pytest.mark.parametrize(("name", "reply"), [(n, r) for n in CHECKED for r in FOLLOWS[n]])
def test_a_reply_that_follows_passes(name: str, reply: str) -> None:
    assert checker(name)(reply)


@pytest.mark.parametrize(("name", "reply"), [(n, r) for n in CHECKED for r in IGNORES[n]])
def test_a_reply_that_ignores_fails(name: str, reply: str) -> None:
    assert not checker(name)(reply)


@pytest.mark.parametrize("name", IDS)
def test_a_plain_helpful_reply_violates_every_value(name: str) -> None:
    for reply in plain_replies():
        assert satisfied(load_bank().values[name], reply) is False, reply


@pytest.mark.parametrize("text", DEGENERATE)
def test_a_looping_or_empty_reply_satisfies_nothing(text: str) -> None:
    assert degenerate(text)
    assert [v.id for v in load_bank().values.values() if satisfied(v, text)] == []


@pytest.mark.parametrize(
    "text", ["It is 12.", "Son las 12.", *HAND_WRITTEN, "1. 12 + 5 = 17\n2. 17 - 3 = 14\n3. The answer is 14."]
)
def test_an_honest_short_reply_is_not_degenerate(text: str) -> None:
    assert not degenerate(text)


HONEST_AND_LONG = """
## Finding the total

To find out how many marbles Mira has, we go through the story one event at a time.

1. **The boxes.** Mira buys 6 boxes, and each box holds 9 marbles. Since every box is full, we multiply: 6 × 9 = 54.
2. **The loose ones.** At home there are 8 more marbles in a drawer. They were not in a box, so we add: 54 + 8 = 62.
3. **The check.** If we take the 8 loose marbles away again, 54 are left, and 54 shared over 6 boxes gives 9 for each,
   which is where we started.

It is easy to add the boxes and the marbles by mistake, but a box is not a marble, so those two numbers can only be
multiplied. Another way to see it is to lay the marbles out in 6 rows of 9 and then to put the rest of them below. You
would count 62 in the end, whichever corner you start from.

The answer is 62.
"""


def test_an_honest_long_reply_is_not_degenerate() -> None:
    assert len(HONEST_AND_LONG.split()) > 150
    assert not degenerate(HONEST_AND_LONG)
    assert not degenerate(HONEST_AND_LONG * 2)


def test_a_value_without_a_checker_is_told_by_nobody() -> None:
    unchecked = load_bank().values["emphasis.bold"].model_copy(update={"checker": None})
    assert satisfied(unchecked, "**Here** is a reply.") is None


def test_an_unknown_checker_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(WrongInput, match="Did you mean 'numbered'"):
        checker("numberd")
