"""Where remembered things stand in a prompt."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from collab.errors import WrongInput
from collab.inference.requests import ChatMessage

Placement = Literal["after_question", "before_question", "system"]
HEADING = "Keep to these wishes of mine:"


def checked_placement(placement: str) -> Placement:
    """`placement` as a known one. Raises WrongInput."""
    for known in get_args(Placement):
        if placement == known:
            return known  # type: ignore[no-any-return]
    raise WrongInput("options.placement", repr(placement), "one of " + ", ".join(get_args(Placement)))


def place_notes(
    messages: Sequence[ChatMessage], notes: Sequence[str], placement: Placement, heading: str = HEADING
) -> tuple[ChatMessage, ...]:
    """`messages` with `notes` behind or before the last one, or in the system message; unchanged without notes.

    messages: a system message first, the person's message last. What changes per turn belongs into the last message, so
    that the server's prefix cache keeps the rest; `system` is for notes that are fixed within a session.
    """
    if not notes:
        return tuple(messages)
    block = "\n".join([heading, *(f"- {note}" for note in notes)])
    if placement == "system":
        first = messages[0]
        return (replace(first, content=f"{first.content}\n\n{block}"), *messages[1:])
    last = messages[-1]
    content = f"{last.content}\n\n{block}" if placement == "after_question" else f"{block}\n\n{last.content}"
    return (*messages[:-1], replace(last, content=content))
