"""Hashes of the instruments: a run is refused by a checkout whose checkers or graders judge otherwise."""

from functools import cache
from pathlib import Path

import collab
from collab.identity import code_hash, fingerprint
from collab.people.bank_loader import load_bank

_INSTRUMENTS = {
    "checkers": ("people/checkers", "problems/sentences.py"),
    "graders": ("problems/grading", "problems/answers.py"),
    "problems": ("problems/collab_math.py", "problems/stories.py"),
    "metrics": ("session/metrics.py",),
    "user": ("users", "people/in_force.py"),
}


@cache
def versions() -> dict[str, str]:
    """By instrument; `bank` by its content, the others by their code."""
    bank = fingerprint([value.model_dump(mode="json") for value in load_bank().values.values()])
    return {"bank": bank} | {name: _hash_of(places) for name, places in _INSTRUMENTS.items()}


def _hash_of(places: tuple[str, ...]) -> str:
    root = Path(collab.__file__).parent
    files = [file for place in places for file in _sources(root / place)]
    return code_hash(files)


def _sources(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]
