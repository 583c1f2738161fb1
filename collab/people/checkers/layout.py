"""Checkers of shape: length, lists, headings, emphasis, letter case, code, emoji."""

import re

from collab.people.checkers.marks import AROUND, EMOJI, lines_of
from collab.people.checkers.registry import Checker, named
from collab.sentences import FENCE, HASH_HEADING, is_capitals_heading, sentences, without_fences, words

LAYOUT: dict[str, Checker] = {}
NUMBERED = re.compile(r"^\s*\*{0,2}(\d{1,2})[.)]\*{0,2}\s+\S")
BULLET = re.compile(r"^\s*[-*+•]\s+\S")
BOLD = re.compile(r"\*\*(?=\S)[^*\n]+?(?<=\S)\*\*|__(?=\S)[^_\n]+?(?<=\S)__")
ITALIC = re.compile(
    r"(?<![*\w])\*(?=[^\s*])[^*\n]+?(?<=[^\s*])\*(?![*\w])|(?<![_\w])_(?=[^\s_])[^_\n]+?(?<=[^\s_])_(?![_\w])"
)
INLINE_SUM = re.compile(r"(?<!`)`[^`\n]*\d[^`\n]*`(?!`)")


@named(LAYOUT, "one_sentence")
def one_sentence(reply: str) -> bool:
    """At most one sentence and 25 words, headings included, code left out."""
    return len(sentences(reply)) <= 1 and len(words(without_fences(reply))) <= 25


@named(LAYOUT, "at_most_two")
def at_most_two(reply: str) -> bool:
    """At most two sentences."""
    return len(sentences(reply)) <= 2


@named(LAYOUT, "long")
def long(reply: str) -> bool:
    """Six sentences or more; an item of a list counts as one."""
    return len(sentences(reply)) >= 6


@named(LAYOUT, "numbered")
def numbered(reply: str) -> bool:
    """Two list items or more that count 1, 2, 3 ... without a gap."""
    counts = [int(m.group(1)) for line in lines_of(reply) if (m := NUMBERED.match(line))]
    return len(counts) >= 2 and counts == list(range(1, len(counts) + 1))


@named(LAYOUT, "bulleted")
def bulleted(reply: str) -> bool:
    """Two bullets or more."""
    return sum(bool(BULLET.match(line)) for line in lines_of(reply)) >= 2


@named(LAYOUT, "heading_hash")
def heading_hash(reply: str) -> bool:
    """A line that is a Markdown heading."""
    return any(HASH_HEADING.match(line) for line in lines_of(reply))


@named(LAYOUT, "heading_capitals")
def heading_capitals(reply: str) -> bool:
    """A line of at most eight words in capitals, with other text below it."""
    return any(is_capitals_heading(EMOJI.sub("", line)) for line in lines_of(reply)[:-1])


@named(LAYOUT, "bold")
def bold(reply: str) -> bool:
    """Something between double asterisks or double underscores."""
    return bool(BOLD.search(without_fences(reply)))


@named(LAYOUT, "italic")
def italic(reply: str) -> bool:
    """Something between single asterisks or single underscores; "3 * 4 * 5" is none."""
    return bool(ITALIC.search(without_fences(reply)))


@named(LAYOUT, "lower_case")
def lower_case(reply: str) -> bool:
    """No capital outside code."""
    return not any(c.isupper() for c in without_fences(reply))


@named(LAYOUT, "upper_case")
def upper_case(reply: str) -> bool:
    """No small letter outside code."""
    return not any(c.islower() for c in without_fences(reply))


@named(LAYOUT, "code_block")
def code_block(reply: str) -> bool:
    """A fenced block with something in it."""
    return any(
        len(block.group().strip("`~ \t\n").splitlines()) >= 1 and words(block.group())
        for block in FENCE.finditer(reply)
    )


@named(LAYOUT, "inline_code")
def inline_code(reply: str) -> bool:
    """A digit between single backticks."""
    return bool(INLINE_SUM.search(without_fences(reply)))


@named(LAYOUT, "emoji_at_end")
def emoji_at_end(reply: str) -> bool:
    """The last sign is an emoji."""
    found = list(EMOJI.finditer(reply))
    return bool(found) and not reply[found[-1].end() :].strip(AROUND + ".!")


@named(LAYOUT, "emoji_at_start")
def emoji_at_start(reply: str) -> bool:
    """The first sign is an emoji; a heading mark may stand before it."""
    return bool(EMOJI.match(reply.lstrip(AROUND)))
