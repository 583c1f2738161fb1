"""Text that says nothing: too few words, or the same ones again and again."""

import functools
import re
from collections import Counter

from collab.people.checkers.marks import EMOJI
from collab.sentences import WORD, without_fences

TOKEN = re.compile(f"{WORD.pattern}|{EMOJI.pattern}")
WINDOW = 64
STRIDE = 32


@functools.lru_cache(maxsize=512)
def degenerate(text: str) -> bool:
    """Fewer than three words and numbers (two of them words), a loop in the prose, or one long line four times.

    The two loop tests look at windows of 64 words, since the share of distinct words falls with the length of any
    honest text. Thresholds: measured on a 135M model, whose loops pass many a checker otherwise.
    """
    tokens = TOKEN.findall(without_fences(text).casefold())
    if len(tokens) < 3 or sum(t[0].isalpha() for t in tokens) < 2:
        return True
    windows = [tokens[i : i + WINDOW] for i in range(0, max(1, len(tokens) - STRIDE), STRIDE)]
    return any(map(loops, windows)) or repeats_a_line(text)


def loops(tokens: list[str]) -> bool:
    """From 12 words on fewer than half of them distinct, or any four in a row three times."""
    if len(tokens) >= 12 and len(set(tokens)) < len(tokens) / 2:
        return True
    runs = Counter(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
    return any(n >= 3 for n in runs.values())


def repeats_a_line(text: str) -> bool:
    """One line of eight characters or more stands four times or more, inside code as well."""
    lines = Counter(line.strip() for line in text.splitlines() if len(line.strip()) >= 8)
    return any(n >= 4 for n in lines.values())
