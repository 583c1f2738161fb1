"""Solving a story from what was said alone: a scripted engine is shown no Problem, only the conversation."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collab.problems.problem import Worked
from collab.problems.stories import STORIES, Story

TOKEN = re.compile(r"\{\w+\}|\d+|[^\W\d_]+")
ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text of a story as words around numbers: gaps[i] stands before numbers[i], the last gap behind them all.

    A slot that holds a name or a thing is "" in a gap: it matches any word.
    """

    story: Story
    numbers: tuple[str, ...]
    gaps: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a skeleton lies in a text (first and last number, by count), how well, and what it works out to."""

    first: int
    last: int
    score: float
    worked: Worked


@functools.lru_cache(maxsize=8192)
def recognise(text: str) -> Worked | None:
    """The worked solution of the last story told anywhere in `text`, or None.

    Reads every question and retelling of the templates, with typos in its words (never in its numbers): the numbers
    must stand as far apart as in the template, give or take a word, and three words in five must be the template's.
    """
    numbers, gaps = cut(TOKEN.findall(text.casefold()))
    if not numbers:
        return None
    found = sorted(matches(numbers, gaps), key=lambda m: -m.score)
    kept: list[Match] = []
    for match in found:
        if all(match.last < k.first or match.first > k.last for k in kept):
            kept.append(match)
    return max(kept, key=lambda m: m.last).worked if kept else None


def cut(tokens: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """The numbers of a text, and the words before, between and behind them (one gap more than numbers)."""
    numbers: list[str] = []
    gaps: list[list[str]] = [[]]
    for token in tokens:
        if token.isdigit() or token in ("{a}", "{b}", "{c}"):
            numbers.append(token)
            gaps.append([])
        else:
            gaps[-1].append(token)
    return numbers, gaps


def matches(numbers: Sequence[str], gaps: Sequence[Sequence[str]]) -> Iterator[Match]:
    for skeleton in skeletons():
        width = len(skeleton.numbers)
        for first in range(len(numbers) - width + 1):
            here = gaps[first : first + width + 1]
            if any(abs(len(g) - len(s)) > 1 for g, s in zip(here[1:-1], skeleton.gaps[1:-1], strict=True)):
                continue
            score = likeness(skeleton.gaps, here)
            given = {k[1]: int(n) for k, n in zip(skeleton.numbers, numbers[first : first + width], strict=True)}
            worked = skeleton.story.worked(given) if score >= ENOUGH else None
            if worked:
                yield Match(first, first + width - 1, score, worked)


@functools.cache
def skeletons() -> tuple[Skeleton, ...]:
    found = []
    for story in STORIES:
        for text in (story.question, *story.retellings):
            numbers, gaps = cut(TOKEN.findall(text.casefold()))
            plain = tuple(tuple("" if word.startswith("{") else word for word in gap) for gap in gaps)
            found.append(Skeleton(story, tuple(numbers), plain))
    return tuple(found)


def likeness(wanted: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
    """The share of the template's words that stand where they should, in [0, 1].

    Before the first number the template ends where the number stands, behind the last one it begins there; what else
    surrounds it is somebody's small talk and does not count.
    """
    met = agreement(wanted[0], found[0][-len(wanted[0]) :] if wanted[0] else [], from_the_end=True)
    for want, have in zip(wanted[1:-1], found[1:-1], strict=True):
        met += max(agreement(want, have), agreement(want, have, from_the_end=True))
    met += agreement(wanted[-1], found[-1])
    return met / sum(1 for gap in wanted for word in gap if word)


def agreement(want: Sequence[str], have: Sequence[str], from_the_end: bool = False) -> float:
    pairs = zip(reversed(want), reversed(have), strict=False) if from_the_end else zip(want, have, strict=False)
    return sum(alike(w, h) for w, h in pairs if w)


@functools.lru_cache(maxsize=65536)
def alike(one: str, other: str) -> float:
    """1 for the same word, 0.8 for one slip (a letter swapped, lost, doubled or replaced), else 0."""
    if one == other:
        return 1.0
    if sorted(one) == sorted(other):
        return 0.8
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or len(short) < 2:
        return 0.0
    same = next((i for i, (s, g) in enumerate(zip(short, long, strict=False)) if s != g), len(short))
    rest = short[same:] if len(short) < len(long) else short[same + 1 :]
    return 0.8 if rest == long[same + 1 :] else 0.0
