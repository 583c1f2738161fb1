"""How the scripted agent answers: it follows exactly the preferences that its prompt states.

Preferences are recognised by the bank's own demands and notes, the task by the templates of the generated problems.
"""

from collections.abc import Sequence
from functools import cache

from collab.identity import derived_share
from collab.people.composer import Unsatisfiable, compose
from collab.people.preference_bank import Bank, Value, load_bank
from collab.problems.problem import Worked
from collab.problems.recognise import recognise
from collab.sentences import plain

Message = dict[str, str]

NO_TASK = "I do not see a task in this. What would you like me to work out?"


def agent_reply(messages: Sequence[Message], seed: int, noise: float) -> str:
    """The reply to a chat. noise: the share of (seed, dimension) pairs for which a stated preference is broken."""
    worked = task_of(messages)
    if worked is None:
        return NO_TASK
    values = [value for value in stated(messages) if derived_share(seed, "break", value.dimension) >= noise]
    return followed(worked, values)


def task_of(messages: Sequence[Message]) -> Worked | None:
    """The newest task the person told: an earlier session's may stand above it."""
    for message in reversed(messages):
        if message["role"] == "user" and (worked := recognise(message["content"])) is not None:
            return worked
    return None


def stated(messages: Sequence[Message]) -> list[Value]:
    """Preferences that the prompt states outside the agent's own words; the newest of a dimension, oldest first."""
    text = " ".join(plain(message["content"]) for message in messages if message["role"] != "assistant")
    found = [(at, value) for wording, value in _wordings() if (at := text.rfind(wording)) >= 0]
    newest: dict[str, Value] = {}
    for _, value in sorted(found, key=lambda pair: pair[0]):
        newest.pop(value.dimension, None)
        newest[value.dimension] = value
    return list(newest.values())


def followed(worked: Worked, values: Sequence[Value]) -> str:
    """A witness reply for as many of `values` as can be met at once, the newest first."""
    try:
        return compose(worked, values)
    except Unsatisfiable:
        kept: list[Value] = []
        for value in reversed(values):
            try:
                compose(worked, [value, *kept])
            except Unsatisfiable:
                continue
            kept.insert(0, value)
        return compose(worked, kept)


@cache
def _wordings(bank: Bank | None = None) -> tuple[tuple[str, Value], ...]:
    return tuple(
        (plain(wording), value)
        for value in (bank or load_bank()).values.values()
        for wording in (*value.demands, value.note)
    )
