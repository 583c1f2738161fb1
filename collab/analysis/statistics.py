"""Paired differences between arms, with the person as the unit."""

import math
from collections import defaultdict
from dataclasses import dataclass

from scipy.special import stdtrit

from collab.analysis.frames import Frame, Measure


@dataclass(frozen=True, slots=True)
class Difference:
    """arm − baseline, with its 95 % interval; NaN bounds where fewer than two people can be paired."""

    mean: float
    low: float
    high: float
    people: int


def paired_difference(frame: Frame, arm: str, baseline: str, measure: Measure) -> Difference | None:
    """Difference of two ratios of sums over the sessions that count in both arms; None without any.

    d = Σ(a − b) / Σo over people; its variance is that of a ratio estimator, n/(n − 1) · Σ((a − b) − d·o)² / (Σo)²
    (Cochran 1977, Sampling Techniques, §2.11 and §6), with Student's t for n − 1 degrees of freedom.
    """
    sums = _paired_sums(frame, arm, baseline, measure)
    total = sum(of for _, of in sums)
    if not total:
        return None
    people = len(sums)
    mean = sum(gap for gap, _ in sums) / total
    if people < 2:
        return Difference(mean, math.nan, math.nan, people)
    spread = sum((gap - mean * of) ** 2 for gap, of in sums)
    error = math.sqrt(people / (people - 1) * spread) / total
    half = float(stdtrit(people - 1, 0.975)) * error
    return Difference(mean, mean - half, mean + half, people)


def _paired_sums(frame: Frame, arm: str, baseline: str, measure: Measure) -> list[tuple[float, float]]:
    """(gap, opportunities) per person. A session where the two arms had unequal opportunities is no pair."""
    other = {(row.person, row.repeat, row.session): row for row in frame.of_arm(baseline)}
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in frame.of_arm(arm):
        twin = other.get((row.person, row.repeat, row.session))
        if row.counted is None or twin is None or twin.counted is None:
            continue
        mine, theirs = measure(row.counted), measure(twin.counted)
        if mine is None or theirs is None or mine[1] != theirs[1]:
            continue
        sums[row.person][0] += mine[0] - theirs[0]
        sums[row.person][1] += mine[1]
    return [(gap, of) for gap, of in sums.values()]
