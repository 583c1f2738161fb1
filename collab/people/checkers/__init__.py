"""Whether a reply honours a value, told from its text alone.

A checker is a pure function from a reply to a bool. `satisfied` adds the test that no checker may forget: a reply
that loops or says nothing satisfies nothing.
"""

from typing import Protocol

from collab.errors import WrongInput
from collab.people.checkers.degenerate import degenerate
from collab.people.checkers.layout import LAYOUT
from collab.people.checkers.registry import Checker
from collab.people.checkers.wording import WORDING
from collab.refusals import did_you_mean

__all__ = ["CHECKERS", "Checkable", "Checker", "checker", "degenerate", "satisfied"]

CHECKERS: dict[str, Checker] = {**LAYOUT, **WORDING}


class Checkable(Protocol):
    """A value of the bank, as far as a checker is concerned."""

    @property
    def checker(self) -> str | None: ...


def checker(name: str) -> Checker:
    """The checker called `name`, degenerate test included. Raises WrongInput with the nearest known name."""
    if name not in CHECKERS:
        raise WrongInput("checker", repr(name), "a known checker", did_you_mean(name, CHECKERS))
    test = CHECKERS[name]
    return lambda reply: not degenerate(reply) and test(reply)


def satisfied(value: Checkable, reply: str) -> bool | None:
    """Whether `reply` honours `value`; None where no rule can tell."""
    return None if value.checker is None else checker(value.checker)(reply)
