"""Checkers of words: language, greeting, closing, summary, and where the answer stands."""

import re

from collab.people.checkers.languages import ENGLISH, FRENCH, SPANISH, speaks
from collab.people.checkers.marks import AROUND, EMOJI, last_line, lines_of, opening
from collab.people.checkers.registry import Checker, named
from collab.problems.answers import label_answer, same_answer, stated_answer
from collab.sentences import sentences, words

WORDING: dict[str, Checker] = {}
GOOD_LUCK = re.compile(r"\b(good luck|buena suerte|mucha suerte|bonne chance)\b", re.I)


@named(WORDING, "spanish")
def spanish(reply: str) -> bool:
    """Told by the share of function words."""
    return speaks(reply, SPANISH, (ENGLISH, FRENCH))


@named(WORDING, "french")
def french(reply: str) -> bool:
    """Told by the share of function words."""
    return speaks(reply, FRENCH, (ENGLISH, SPANISH))


@named(WORDING, "hello")
def hello(reply: str) -> bool:
    """Begins with Hello, in the language of the reply."""
    return bool(re.match(r"(hello|hola|bonjour)\b", opening(reply)))


@named(WORDING, "dear_friend")
def dear_friend(reply: str) -> bool:
    """Begins with Dear friend, in the language of the reply."""
    return bool(
        re.match(r"(dear friend|querid[oa] amig[oa]|estimad[oa] amig[oa]|che?re? amie?)\b", unaccented(opening(reply)))
    )


def unaccented(text: str) -> str:
    return text.replace("è", "e")


@named(WORDING, "closing_question")
def closing_question(reply: str) -> bool:
    """The last line ends in a question mark; emoji after it are looked past."""
    return last_line(reply).endswith("?")


@named(WORDING, "good_luck")
def good_luck(reply: str) -> bool:
    """The last sentence wishes good luck, in the language of the reply."""
    tail = re.split(r"(?<=[.!?])\s+(?=\S)", last_line(reply).rstrip(" .!"))[-1]
    return bool(GOOD_LUCK.search(tail))


@named(WORDING, "tldr")
def tldr(reply: str) -> bool:
    """A line that begins with TL;DR and says something."""
    return any(re.match(r"tl;?\s?dr\b\W*\w", bare_line(line)) for line in lines_of(reply))


@named(WORDING, "summary_line")
def summary_line(reply: str) -> bool:
    """A line that begins with Summary and a colon, in the language of the reply, and says something."""
    return any(re.match(r"(summary|resumen|résumé)[*_\s]*:\W*\w", bare_line(line)) for line in lines_of(reply))


def bare_line(line: str) -> str:
    return EMOJI.sub("", line).strip(AROUND).casefold()


@named(WORDING, "answer_first")
def answer_first(reply: str) -> bool:
    """The first sentence states the answer of the whole reply, and no other number before it."""
    answer = stated_answer(reply)
    first = next(iter(sentences(reply)), "")
    early = stated_answer(first)
    if answer is None or early is None or not same_answer(answer, early):
        return False
    numbers = [w for w in words(first) if w[0].isdigit()]
    return not numbers or same_answer(numbers[0], answer)


@named(WORDING, "answer_last_line")
def answer_last_line(reply: str) -> bool:
    """The last line is "Answer:" (in the language of the reply) and a result."""
    return label_answer(last_line(reply)) is not None
