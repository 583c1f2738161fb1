"""Signs around the text of a reply that several checkers look past: emoji, leading and trailing marks."""

import re

from collab.sentences import is_heading, without_fences

EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a-\u23f3]"
    "[\ufe0f\u200d\U0001f3fb-\U0001f3ff]*)"
)
AROUND = " \t\n*_#>`\"'“”«»()[]"


def lines_of(reply: str) -> list[str]:
    """The lines outside code that are not blank."""
    return [line for line in without_fences(reply).splitlines() if line.strip()]


def opening(reply: str) -> str:
    """What the reply begins with, in lower case: headings, emoji and marks are looked past."""
    for line in lines_of(reply):
        bare = EMOJI.sub("", line).strip(AROUND + "¡")
        if bare and not is_heading(EMOJI.sub("", line).strip()):
            return bare.casefold()
    return ""


def last_line(reply: str) -> str:
    """The last line outside code without its trailing emoji and marks; a line of emoji alone is looked past."""
    for line in reversed(lines_of(reply)):
        bare = EMOJI.sub("", line).strip(AROUND)
        if bare:
            return bare
    return ""
