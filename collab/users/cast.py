"""Who plays the person: chosen by the protocol, in one place."""

import random
from collections.abc import Callable, Sequence

from collab.errors import WrongInput
from collab.people.person import Person
from collab.people.preference_bank import Value
from collab.problems.problem import Problem
from collab.spec import UserSpec
from collab.users.rule import RuleUser
from collab.users.user import User


def cast(
    person: Person,
    in_force: Sequence[Value],
    problem: Problem,
    spec: UserSpec,
    rng: Callable[[int, str], random.Random],
) -> User:
    """The player of one person in one session. Raises WrongInput for a kind that is not built yet."""
    if spec.kind == "rule":
        return RuleUser(person, in_force, problem, spec, rng)
    raise WrongInput("--user", spec.kind, "rule", "The model-played user is not built yet.")
