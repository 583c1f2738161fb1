"""Which problem a person meets in a session."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from collab.errors import WrongInput
from collab.identity import derived_rng
from collab.problems import collab_math
from collab.problems.problem import Problem
from collab.refusals import did_you_mean

Draw = Callable[[Random, Path | None], Problem]

DATASETS: dict[str, Draw] = {collab_math.DATASET: lambda rng, _: collab_math.draw_problem(rng)}


def dataset(name: str) -> Draw:
    """The dataset called `name`. Raises WrongInput with the nearest known name."""
    if name not in DATASETS:
        raise WrongInput("datasets", repr(name), f"one of {', '.join(DATASETS)}", did_you_mean(name, DATASETS))
    return DATASETS[name]


def draw(datasets: Sequence[str], person: str, session: int, seed: int, data_dir: Path | None) -> Problem:
    """The problem of (person, session): session k is of dataset k modulo their number.

    Deterministic in seed, person, session and the list of datasets; data_dir holds the files of datasets that have any.
    """
    if not datasets:
        raise WrongInput("datasets", "none", f"one or more of {', '.join(DATASETS)}")
    name = datasets[session % len(datasets)]
    return dataset(name)(derived_rng(seed, "problem", name, person, session), data_dir)
