"""The nearest known name to a misspelt one, as the closing sentence of an error."""

import difflib
from collections.abc import Iterable


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """One sentence naming the nearest of `known`, or an empty string when nothing is near."""
    near = difflib.get_close_matches(found, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else ""
