"""Which lines of a chain count: decided by pure functions from file contents.

A chain is a row of epoch files. Publishing the next one is the claim to the chain; its header says how many lines of
each earlier epoch it builds on, and whatever an earlier owner appends after that is void.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collab.store.lines import unframed, whole_lines


@dataclass(frozen=True, slots=True)
class EpochFile:
    """One owner's file: who, how many lines of each earlier epoch count (oldest first), and the owner's own lines."""

    number: int
    owner: str
    counts: tuple[int, ...]
    lines: tuple[dict[str, Any], ...]
    size: int
    torn_bytes: int


def header(number: int, owner: str, counts: Sequence[int], marks: dict[str, str]) -> dict[str, Any]:
    """First line of an epoch file. `marks`: fingerprints of the protocol, arm and person it was played under."""
    return {"kind": "epoch", "epoch": number, "owner": owner, "counts": list(counts), **marks}


def parse_epoch(number: int, content: bytes) -> EpochFile:
    """Read one epoch file. Raises ValueError without a whole header (it is published whole), or where it was damaged.

    A torn end was never committed; a bad line with whole ones behind it was, and something happened to it since.
    """
    parsed = list(whole_lines(content))
    if not parsed or parsed[0][1].get("kind") != "epoch":
        raise ValueError("no whole header")
    first = parsed[0][1]
    end = parsed[-1][0]
    behind = content[end:].split(b"\n")[1:]
    if any(unframed(line) is not None for line in behind):
        raise ValueError(f"a damaged line at byte {end}, with whole ones behind it")
    return EpochFile(
        number=number,
        owner=str(first["owner"]),
        counts=tuple(first["counts"]),
        lines=tuple(value for _, value in parsed[1:]),
        size=len(content),
        torn_bytes=len(content) - end,
    )


@dataclass(frozen=True, slots=True)
class CommittedLine:
    """One session that counts, and the epoch whose state file goes with it."""

    epoch: int
    value: dict[str, Any]


def surviving_lines(epochs: Sequence[EpochFile]) -> list[CommittedLine]:
    """The sessions of a chain that count, oldest first. `epochs` in order; the newest counts whole.

    Raises ValueError where an epoch is missing, or holds fewer lines than a later one built on.
    """
    if not epochs:
        return []
    newest = epochs[-1]
    if len(newest.counts) != len(epochs) - 1:
        raise ValueError(f"{len(epochs) - 1} earlier epochs where epoch {newest.number} built on {len(newest.counts)}")
    for epoch, count in zip(epochs, newest.counts, strict=False):
        if count > len(epoch.lines):
            raise ValueError(
                f"{len(epoch.lines)} whole lines in epoch {epoch.number} where a later one built on {count}"
            )
    return [
        CommittedLine(epoch.number, line)
        for epoch, count in zip(epochs, [*newest.counts, len(newest.lines)], strict=True)
        for line in epoch.lines[:count]
    ]


def next_counts(epochs: Sequence[EpochFile]) -> list[int]:
    """How many lines of each epoch the next owner builds on: all that count now."""
    if not epochs:
        return []
    newest = epochs[-1]
    return [*newest.counts, len(newest.lines)]
