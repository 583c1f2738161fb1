"""Differences between arms, held against a library where the two must agree."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_rel

from collab.analysis import frames
from collab.analysis.frames import Frame, Row
from collab.analysis.statistics import paired_difference
from collab.records import Status
from collab.spec import RunSpec, build_spec
from tests.conftest import made_record

SPEC: RunSpec = build_spec({"extent": {"arms": [{"name": arm, "method": arm} for arm in ("vanilla", "rag")]}}, "test")


def frame(values: dict[str, list[list[int | None]]]) -> Frame:
    """values[arm][person][session] = enforcements, None for a failed session."""
    rows = []
    for arm, people in values.items():
        for person, sessions in enumerate(people):
            for session, count in enumerate(sessions):
                status = Status.AGENT_FAILED if count is None else Status.OK
                record = made_record(session, arm, f"p{person}", enforcements=count or 0, status=status)
                rows.append(Row(arm, f"p{person}", 0, session, record))
    return Frame(Path("made"), SPEC, tuple(rows))


def test_with_equal_sessions_the_interval_is_that_of_a_paired_t_test_over_people() -> None:
    seed = 7
    print(f"seed {seed}")
    draw = np.random.default_rng(seed)
    a, b = draw.integers(0, 6, (9, 4)), draw.integers(0, 6, (9, 4))
    found = paired_difference(frame({"vanilla": b.tolist(), "rag": a.tolist()}), "rag", "vanilla", frames.enforcements)
    low, high = ttest_rel(a.mean(axis=1), b.mean(axis=1)).confidence_interval(0.95)
    assert found is not None
    assert (found.mean, found.low, found.high) == pytest.approx((a.mean() - b.mean(), low, high))
    assert found.people == 9


def test_a_session_that_failed_in_one_arm_is_left_out_of_both() -> None:
    found = paired_difference(
        frame({"vanilla": [[3, 3], [2, 2]], "rag": [[1, None], [1, 1]]}), "rag", "vanilla", frames.enforcements
    )
    assert found is not None
    assert found.mean == pytest.approx((-2 - 1 - 1) / 3)


def test_one_person_gets_a_difference_and_no_interval() -> None:
    found = paired_difference(frame({"vanilla": [[3]], "rag": [[1]]}), "rag", "vanilla", frames.enforcements)
    assert found is not None
    assert found.mean == -2 and math.isnan(found.low) and math.isnan(found.high)


def test_a_rate_is_a_ratio_of_sums_and_failed_sessions_are_not_counted() -> None:
    records = [(1, 1, Status.OK), (0, 3, Status.OK), (9, 9, Status.AGENT_FAILED)]
    rows = [
        Row("rag", "p0", 0, i, made_record(i, "rag", recurring_violations=v, recurring_opportunities=o, status=status))
        for i, (v, o, status) in enumerate(records)
    ]
    assert frames.rate(rows, frames.recurring_violations) == 0.25
    assert frames.rate([Row("rag", "p0", 0, 0, None)], frames.recurring_violations) is None
