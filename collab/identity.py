"""Names of things that must be the same on every machine: call ids, derived seeds, fingerprints."""

import hashlib
import random
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class CallId:
    """One model call. The seed it is sent with leaves the arm out, so arms share their random numbers."""

    arm: str
    person: str
    repeat: int
    session: int
    turn: int
    role: str
    step: str

    def __str__(self) -> str:
        return f"{self.arm}/{self.without_arm}"

    @property
    def without_arm(self) -> str:
        return f"{self.person}/r{self.repeat}/s{self.session}/t{self.turn}/{self.role}/{self.step}"


def derived_seed(seed: int, *parts: str | int) -> int:
    """A seed in [0, 2**31) that depends on `seed` and `parts` alone: never on order, clock or process."""
    text = "\x1f".join([str(seed), *map(str, parts)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 33


def derived_share(seed: int, *parts: str | int) -> float:
    """A number in [0, 1) derived like a seed: for one decision that needs no generator."""
    return derived_seed(seed, *parts) / 2**31


def derived_rng(seed: int, *parts: str | int) -> random.Random:
    """A generator of its own for one purpose. `random.Random` is stable across versions for the calls used here."""
    return random.Random(derived_seed(seed, *parts))


def fingerprint(value: Any) -> str:
    """First 12 hex digits of the SHA-256 of the canonical JSON of `value` (keys sorted, no spaces)."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
