"""Versions of the instruments: a run is refused by a checkout whose instruments judge otherwise.

A number is raised by hand, when a change can change a result. A test holds the hash of every file named here against
`tests/instruments.json`, so that nobody changes one without deciding. Data counts by its content.
"""

from functools import cache

from collab.identity import fingerprint
from collab.people.preference_bank import load_bank

INSTRUMENTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "checkers": (1, ("people/checkers", "sentences.py")),
    "graders": (1, ("problems/grading", "problems/answers.py")),
    "metrics": (1, ("session/metrics.py",)),
    "people": (1, ("people/generated.py", "people/in_force.py")),
    "problems": (1, ("problems/collab_math.py", "problems/stories.py", "problems/datasets.py")),
    "protocol": (1, ("session/conversation.py", "identity.py")),
    "user": (1, ("users",)),
}
"""name: (version, files or folders of the package whose change asks for a decision)."""


@cache
def versions() -> dict[str, str]:
    """What the protocol records of the instruments."""
    bank = fingerprint([value.model_dump(mode="json") for value in load_bank().values.values()])
    return {"bank": bank} | {name: str(version) for name, (version, _) in INSTRUMENTS.items()}
