"""What the bank held when somebody last looked, value by value: `inventory.json`, kept in the repository.

Tests are named after its entries and load the bank inside, so that what goes missing fails by its own name.
To add a value or a demand: `.venv/bin/python tests/people/inventory.py` writes the file anew from the bank.
"""

import hashlib
from itertools import combinations
from pathlib import Path

import orjson

from collab.people.preference_bank import Bank, load_bank

FILE = Path(__file__).with_name("inventory.json")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def taken_from(bank: Bank) -> dict[str, dict[str, object]]:
    return {
        v.id: {
            "checker": v.checker,
            "condition": v.condition,
            "clashes": list(v.clashes),
            "demands": [f"{digest(d)} {d}" for d in v.demands],
        }
        for v in bank.values.values()
    }


if __name__ == "__main__":
    FILE.write_bytes(orjson.dumps(taken_from(load_bank()), option=orjson.OPT_INDENT_2) + b"\n")

LISTED = orjson.loads(FILE.read_bytes())
IDS = tuple(LISTED)
CHECKERS_LISTED = tuple(entry["checker"] for entry in LISTED.values())
DEMANDS = [(name, *listed.split(" ", 1)) for name, entry in LISTED.items() for listed in entry["demands"]]
CLASHES = [(a, b) for a, b in combinations(IDS, 2) if b in LISTED[a]["clashes"]]
PAIRS = [(a, b) for a, b in combinations(IDS, 2) if (a, b) not in CLASHES and a.split(".")[0] != b.split(".")[0]]
