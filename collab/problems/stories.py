"""The story templates of `collab-math`: what is told, what is asked, and the arithmetic behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from collab.problems.problem import Worked

Numbers = Mapping[str, int]

NAME_WORDS = "Mira Jonas Leyla Pavel Noor Ines Tomas Anika Rafael Yuki Oskar Selma Bela Farid Greta Hugo"
THING_WORDS = "marbles stickers pencils apples shells buttons cards stamps beads walnuts ribbons postcards"
PRIZE_WORDS = "kite lantern puzzle scarf drum globe compass teapot hammock violin"
NAMES, THINGS, PRIZES = (tuple(words.split()) for words in (NAME_WORDS, THING_WORDS, PRIZE_WORDS))


@dataclass(frozen=True, slots=True)
class Story:
    """One template. Texts have slots {name}, {thing} and the numbers; `expression` is the gold answer, for sympy.

    `steps` works the numbers out, or returns None where they make no story (a negative rest, an uneven share).
    Retellings are a person's own words: first person, every given, no sentence of the question.
    """

    name: str
    question: str
    retellings: tuple[str, ...]
    expression: str
    things: tuple[str, ...]
    draw: Callable[[Random], dict[str, int]]
    steps: Callable[[Numbers], tuple[str, ...] | None]

    def worked(self, numbers: Numbers) -> Worked | None:
        steps = self.steps(numbers)
        return None if steps is None else Worked(steps, steps[-1].rsplit(" ", 1)[1])


def draw_basket(rng: Random) -> dict[str, int]:
    a, b = rng.randint(8, 45), rng.randint(3, 40)
    return {"a": a, "b": b, "c": rng.randint(2, a + b - 2)}


def basket_steps(n: Numbers) -> tuple[str, ...] | None:
    total = n["a"] + n["b"]
    return (f"{n['a']} + {n['b']} = {total}", f"{total} - {n['c']} = {total - n['c']}") if total > n["c"] else None


def draw_packs(rng: Random) -> dict[str, int]:
    return {"a": rng.randint(2, 9), "b": rng.randint(2, 8), "c": rng.randint(2, 25)}


def packs_steps(n: Numbers) -> tuple[str, ...]:
    packed = n["a"] * n["b"]
    return f"{n['a']} × {n['b']} = {packed}", f"{packed} + {n['c']} = {packed + n['c']}"


def draw_share(rng: Random) -> dict[str, int]:
    b = rng.randint(2, 9)
    return {"a": b * rng.randint(2, 11), "b": b}


def share_steps(n: Numbers) -> tuple[str, ...] | None:
    return (f"{n['a']} ÷ {n['b']} = {n['a'] // n['b']}",) if n["b"] and n["a"] % n["b"] == 0 else None


def draw_saving(rng: Random) -> dict[str, int]:
    a = rng.randint(20, 95)
    return {"a": a, "b": rng.randint(5, a - 2)}


def saving_steps(n: Numbers) -> tuple[str, ...] | None:
    return (f"{n['a']} - {n['b']} = {n['a'] - n['b']}",) if n["a"] > n["b"] else None


STORIES: tuple[Story, ...] = (
    Story(
        name="basket",
        question="{name} has {a} {thing}. A neighbour brings {b} more, and then {name} gives {c} of them to a friend. "
        "How many {thing} does {name} have now?",
        retellings=(
            "I had {a} {thing} to begin with, my aunt sent me {b} more, and {name} walked off with {c}, so what "
            "do I hold?",
            "I want to know what is left of my {thing} after I started with {a}, was handed {b} extra by {name} "
            "and lost "
            "{c} on the way.",
            "There were {a} {thing} on my table, {name} put {b} beside them, and later I sold {c} at the market, "
            "which "
            "leaves me wondering what remains.",
            "Help me count my {thing}, since I owned {a}, got another {b} for my birthday and passed {c} on to {name}.",
            "My drawer held {a} {thing} until {name} added {b} to it, but this morning I took {c} out again and "
            "lost track.",
        ),
        expression="a + b - c",
        things=THINGS,
        draw=draw_basket,
        steps=basket_steps,
    ),
    Story(
        name="packs",
        question="{name} buys {a} boxes that hold {b} {thing} each and finds {c} more {thing} at home. "
        "How many {thing} does {name} have in all?",
        retellings=(
            "I bought {a} packets with {b} {thing} inside every one, and {name} lent me {c} loose ones, so what "
            "is my total?",
            "I need the full count of my {thing}, because I filled {a} bags with {b} apiece and still had {c} "
            "over after "
            "{name} went home.",
            "On my shelf stand {a} jars, every jar holds {b} {thing}, and {name} left another {c} beside them, "
            "so how many "
            "is that together?",
            "Tell me how many {thing} I own if I carry {a} tins of {b} plus the {c} single ones that {name} gave me.",
            "My cupboard has {a} rows of {b} {thing} and on top of that {c} that {name} forgot here, and I need "
            "the sum.",
        ),
        expression="a * b + c",
        things=THINGS,
        draw=draw_packs,
        steps=packs_steps,
    ),
    Story(
        name="share",
        question="{name} shares {a} {thing} equally among {b} children. How many {thing} does each child get?",
        retellings=(
            "I want to split {a} {thing} evenly between {b} of my nieces with the help of {name}, so what is one "
            "portion?",
            "With {a} {thing} in my bag and {b} pupils in front of me, {name} asks what everybody receives if it "
            "is fair.",
            "How big is one part if I divide my {a} {thing} fairly over {b} plates while {name} watches?",
            "I have to hand out {a} {thing} so that all {b} cousins of {name} end up with the same number, and I "
            "wonder "
            "which number that is.",
            "My {a} {thing} should go into {b} equal piles for {name}, and I cannot see the size of a pile.",
        ),
        expression="a / b",
        things=THINGS,
        draw=draw_share,
        steps=share_steps,
    ),
    Story(
        name="saving",
        question="{name} wants a {thing} that costs {a} coins and has saved {b} coins so far. "
        "How many coins are still missing?",
        retellings=(
            "I am after a {thing} for {a} coins and my jar only has {b} in it, so {name} asks what I still need.",
            "The {thing} in the window of {name} is priced at {a} coins while I own just {b}, so how far am I from it?",
            "How much more must I put aside for a {thing} of {a} coins when {name} knows that I already kept {b} "
            "of them?",
            "I promised {name} a {thing}, it sells for {a} coins, my purse holds {b}, and I wonder about the gap.",
            "My savings stand at {b} coins but the {thing} that {name} showed me takes {a}, so what do I lack?",
        ),
        expression="a - b",
        things=PRIZES,
        draw=draw_saving,
        steps=saving_steps,
    ),
)
