"""Hashes of the instruments' files. Run as a script after a change that was decided on: rewrites instruments.json."""

import hashlib
import json
from pathlib import Path

import collab
import collab_adapters
from collab.runner.versions import INSTRUMENTS

RECORD = Path(__file__).with_name("instruments.json")
METHODS = {
    "method all_memory": ("all_memory.py", ("memory",)),
    "method contextual": ("contextual.py", ()),
    "method oracle": ("oracle.py", ("memory/notes.py",)),
    "method vanilla": ("vanilla.py", ()),
}


def hashes() -> dict[str, str]:
    """By instrument and by shipped method."""
    package, adapters = Path(collab.__file__).parent, Path(collab_adapters.__file__).parent
    found = {name: _hash([package / place for place in places]) for name, (_, places) in INSTRUMENTS.items()}
    for name, (own, places) in METHODS.items():
        found[name] = _hash([adapters / own, *(package / place for place in places)])
    return found


def _hash(places: list[Path]) -> str:
    digest = hashlib.sha256()
    for place in places:
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    RECORD.write_text(json.dumps(hashes(), indent=2) + "\n")
