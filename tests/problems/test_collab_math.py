"""A problem that moves with the extent, or that nobody can solve from its retelling, spoils a run in silence."""

import random
from difflib import SequenceMatcher

import pytest

from collab.errors import WrongInput
from collab.problems.collab_math import told
from collab.problems.datasets import draw
from collab.problems.problem import Problem
from collab.problems.recognise import recognise
from collab.problems.stories import STORIES, Story

TEXTS = [(s, i) for s in STORIES for i in range(len(s.retellings) + 1)]


def drawn(session: int, person: str = "p000", seed: int = 0) -> Problem:
    return draw(["collab-math"], person, session, seed, None)


def mistyped(text: str, share: float, rng: random.Random) -> str:
    """One slip in a share of the words of two letters or more; numbers are never touched."""
    out = []
    for word in text.split():
        if word.isalpha() and len(word) > 1 and rng.random() < share:
            i = rng.randrange(len(word) - 1)
            swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
            replaced = word[:i] + rng.choice("etaoin") + word[i + 1 :]
            word = rng.choice([swapped, replaced, word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:]])
        out.append(word)
    return " ".join(out)


def test_equal_coordinates_give_equal_problems_and_others_give_others() -> None:
    assert drawn(3) == drawn(3)
    assert len({drawn(k).id for k in range(40)} | {drawn(k, "p001").id for k in range(40)}) > 75
    assert drawn(3) != drawn(3, seed=1)


def test_every_story_is_told_and_its_numbers_stay_below_a_hundred() -> None:
    problems = [drawn(k) for k in range(200)]
    assert {p.id.split("-")[2] for p in problems} == {s.name for s in STORIES}
    assert all(0 < int(p.gold) < 100 for p in problems)
    assert all(0 < int(n) < 100 for p in problems for n in p.question.split() if n.isdigit())


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_the_steps_shown_lead_to_the_gold_answer_that_sympy_found(story: Story) -> None:
    rng = random.Random(5)
    for _ in range(50):
        numbers = story.draw(rng)
        worked = story.worked(numbers)
        assert worked is not None
        assert worked.answer == told(story, "Mira", story.things[0], numbers).gold
        assert 1 <= len(worked.steps) <= 2
        for step in worked.steps:
            left, right = step.replace("×", "*").replace("÷", "/").split(" = ")
            assert eval(left) == int(right)


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_a_person_retells_in_own_words_and_keeps_every_number(story: Story) -> None:
    assert len(story.retellings) >= 4
    for retelling in story.retellings:
        assert {f"{{{k}}}" for k in story.draw(random.Random(0))} <= {w.strip(".,?") for w in retelling.split()}
        block = SequenceMatcher(None, story.question.split(), retelling.split(), autojunk=False).find_longest_match()
        assert block.size < 6, " ".join(story.question.split()[block.a : block.a + block.size])
        assert set(retelling.replace(",", " ").split()) & {"I", "my", "me", "My"}


@pytest.mark.parametrize(("story", "i"), TEXTS, ids=lambda x: x.name if isinstance(x, Story) else f"text{x}")
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_a_told_story_is_solved_in_spite_of_typos(story: Story, i: int, share: float) -> None:
    rng = random.Random(f"{story.name}{i}{share}")
    for _ in range(25):
        numbers = story.draw(rng)
        slots = {"name": rng.choice(["Mira", "Oskar"]), "thing": rng.choice(story.things), **numbers}
        saying = [story.question, *story.retellings][i].format(**slots)
        text = f"Hello there, long day today. {mistyped(saying, share, rng)} Could you help me? Please number it."
        assert recognise(text) == story.worked(numbers), text


def test_the_last_story_of_a_conversation_is_the_one_to_solve() -> None:
    first, last = drawn(0), drawn(1)
    solved = recognise(f"{first.retellings[0]} The answer is 7, as 3 + 4 = 7. {last.retellings[1]}")
    assert solved is not None
    assert solved.answer == last.gold


@pytest.mark.parametrize(
    "text",
    ["", "Hello there!", "Please number the steps.", "12 + 5 = 17 and 17 - 3 = 14.", "I have 3 cats and 4 dogs."],
)
def test_what_is_no_story_is_not_solved(text: str) -> None:
    assert recognise(text) is None


def test_an_unknown_dataset_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(WrongInput, match="Did you mean 'collab-math'"):
        draw(["colab-math"], "p000", 0, 0, None)
    with pytest.raises(WrongInput, match="found none"):
        draw([], "p000", 0, 0, None)
