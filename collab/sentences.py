"""Plain prose out of Markdown: fences and marks removed, sentences told apart, words counted."""

import functools
import re

FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.M | re.S)
HASH_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+\S")
LIST_MARK = re.compile(r"^\s*(?:>\s*)*(?:[-*+•]\s+|\*{0,2}\d{1,2}[.)]\*{0,2}\s+)")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
BREAK = re.compile(r"[.!?…]+[\"'”»)\]*_`]*(?=\s|$)")
QUOTES = "\"'”»"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TRAILING_SIGNS = re.compile(r"[^\w.!?…,;:)]+$")
TITLE = re.compile(r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|sr|sra|mme|mlle)$", re.I)
ABBREVIATION = re.compile(r"(?:^|[\s(])(?:st|vs|etc|approx|fig|eq|e\.g|i\.e|cf|p\. ?ej|aprox|núm|env)$", re.I)


def without_fences(text: str) -> str:
    """`text` without its fenced code blocks; a fence that never closes runs to the end."""
    return FENCE.sub("", text)


def words(text: str) -> list[str]:
    """Words and numbers in order: "12 + 5 = 17" has three, "3.5" is one."""
    return WORD.findall(text)


def is_heading(line: str) -> bool:
    """A Markdown heading, or a short line in capitals that ends in no punctuation."""
    return bool(HASH_HEADING.match(line)) or is_capitals_heading(line)


def is_capitals_heading(line: str) -> bool:
    """At most eight words in capitals on a line, one of them of three letters or more, no sentence and no label."""
    bare = TRAILING_SIGNS.sub("", line.strip().lstrip("#").strip(" *_"))
    if not bare or not bare.isupper() or bare[-1] in ".!?…,;:" or ":" in bare or LIST_MARK.match(line):
        return False
    found = words(bare)
    return len(found) <= 8 and any(len(w) >= 3 and w.isalpha() for w in found)


def plain(text: str) -> str:
    """`text` without its case and its line breaks, for finding one wording in another."""
    return " ".join(text.casefold().split())


def printable(text: str) -> str:
    """`text` without control characters and changes of direction: a reply must not drive the reader's terminal."""
    return CONTROL.sub("", text)


@functools.lru_cache(maxsize=512)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of the prose of a reply, without list marks, headings and code.

    A sentence has at least three words or numbers, so "Hello!", "1." and "Good luck!" are none. A line ends one.
    """
    found: list[str] = []
    for line in without_fences(text).splitlines():
        if not is_heading(line):
            found += split_line(LIST_MARK.sub("", line))
    return tuple(s for s in found if len(words(s)) >= 3)


def split_line(line: str) -> list[str]:
    """The sentences of one line. Decimals do not break ("3.5"), nor do abbreviations, list numbers, and quoted ends."""
    parts: list[str] = []
    start = 0
    for end in BREAK.finditer(line):
        before = line[start : end.start()]
        after = line[end.end() :].lstrip()
        if end.group() == "." and is_no_end(before, after):
            continue
        if end.group()[-1] in QUOTES and after[:1].islower():
            continue
        parts.append(line[start : end.end()].strip())
        start = end.end()
    rest = line[start:].strip()
    return [*parts, rest] if rest else parts


def is_no_end(before: str, after: str) -> bool:
    """Whether a full stop between `before` and `after` belongs to a title, an abbreviation or a counted item."""
    if TITLE.search(before) or before.strip().isdigit():
        return True
    return bool(ABBREVIATION.search(before)) and not after[:1].isupper()
