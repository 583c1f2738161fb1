"""Equal records: equal in every result-bearing field."""

from pathlib import Path

from collab.analysis.frames import load
from collab.records import result_bearing


def differences(one: Path, other: Path) -> tuple[int, list[str]]:
    """(sessions compared, one line per session that differs, with the first field that does)."""
    left = {(row.arm, row.person, row.repeat, row.session): row.record for row in load(one).rows}
    right = {(row.arm, row.person, row.repeat, row.session): row.record for row in load(other).rows}
    found = []
    played = sorted(key for key in left.keys() | right.keys() if left.get(key) or right.get(key))
    for key in played:
        a, b = left.get(key), right.get(key)
        if a is None or b is None:
            found.append(f"{key}: only in {one if b is None else other}")
            continue
        mine, theirs = result_bearing(a), result_bearing(b)
        unequal = [name for name in mine if mine[name] != theirs[name]]
        if unequal:
            name = unequal[0]
            found.append(f"{key}: {name}: {str(mine[name])[:80]} | {str(theirs[name])[:80]}")
    return len(played), found
