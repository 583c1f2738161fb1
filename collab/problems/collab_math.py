"""The dataset `collab-math`: sums told as stories, drawn on demand, every answer checked by sympy."""

from random import Random

from collab.problems.problem import Problem
from collab.problems.stories import NAMES, STORIES, Story

DATASET = "collab-math"


def draw_problem(rng: Random) -> Problem:
    """One sum. Numbers and results are whole and below 100, with one or two steps.

    No given equals the answer: an agent that repeats a number of the task must not be right by it.
    """
    story = rng.choice(STORIES)
    name, thing = rng.choice(NAMES), rng.choice(story.things)
    while True:
        numbers = story.draw(rng)
        worked = story.worked(numbers)
        if worked is not None and worked.answer not in map(str, numbers.values()):
            return told(story, name, thing, numbers)


def told(story: Story, name: str, thing: str, numbers: dict[str, int]) -> Problem:
    """`story` with its slots filled. The id says everything that was drawn, so equal problems have equal ids."""
    slots = {"name": name, "thing": thing, **numbers}
    return Problem(
        id="-".join([DATASET, story.name, name.lower(), thing, *(str(n) for n in numbers.values())]),
        dataset=DATASET,
        question=story.question.format(**slots),
        retellings=tuple(text.format(**slots) for text in story.retellings),
        gold=gold(story, numbers),
        grader="math",
        domain="math",
        task="compute",
    )


def gold(story: Story, numbers: dict[str, int]) -> str:
    """The value of the story's expression, by sympy and not by the steps that a witness reply shows."""
    import sympy  # late: 0.5 s that reading a profile or a help text should not pay

    return str(sympy.sympify(story.expression).subs(numbers))
