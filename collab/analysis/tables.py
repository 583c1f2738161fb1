"""The table of a run: coverage first, then rates, then differences to vanilla with intervals."""

import math
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from collab.analysis import frames
from collab.analysis.frames import Frame, Measure
from collab.analysis.statistics import Difference, paired_difference

BASELINE = "vanilla"
MARK = " *"
_BARS = "▁▂▃▄▅▆▇█"
_MEASURES: tuple[tuple[str, str, Measure], ...] = (
    ("enforcements", "enforce-\nments", frames.enforcements),
    ("recurring", "recurring\nviolations", frames.recurring_violations),
    ("user_tokens", "user\ntokens", frames.user_tokens),
    ("agent_turns", "agent\nturns", frames.agent_turns),
    ("timeouts", "time-\nouts", frames.timeouts),
    ("success", "success", frames.success),
)
_WARNINGS = {
    "scripted-": "SCRIPTED ENGINE: this tests the plumbing and says nothing about any method. ",
    "SmolLM2-135M": "Stock 135M agent: this shows the machinery, not the science. ",
}
"""By what the agent's server says it loaded: a URL hides no engine."""
_SHARES = {"recurring", "success", "timeouts"}
_UNITS = {"enforcements": (1, 2, ""), "recurring": (100, 0, " pts"), "user_tokens": (1, 1, "")}
"""How differences are printed: factor, digits, unit."""
_COMPARED = tuple(_UNITS)


def summary(frame: Frame) -> list[dict[str, Any]]:
    """One row per arm, as numbers: what the table shows and `--json` prints."""
    shown_profile = {arm.name for arm in frame.spec.extent.arms if arm.needs_profile}
    return [{**_arm_summary(frame, arm), "needs_profile": arm in shown_profile} for arm in frame.arms]


def _arm_summary(frame: Frame, arm: str) -> dict[str, Any]:
    rows = frame.of_arm(arm)
    counted = sum(row.counted is not None for row in rows)
    found: dict[str, Any] = {
        "arm": arm,
        "planned": len(rows),
        "played": sum(row.played for row in rows),
        "counted": counted,
    }
    for key, _, measure in _MEASURES:
        found[key] = frames.rate(rows, measure)
    found["success_of_planned"] = (found["success"] or 0.0) * counted / len(rows) if rows else None
    found["enforcements_by_session"] = frames.by_session(rows, frames.enforcements)
    found["recurring_by_session"] = frames.by_session(rows, frames.recurring_violations)
    for key, _, measure in _MEASURES:
        if key in _COMPARED and arm != BASELINE and BASELINE in frame.arms:
            found[f"{key}_vs_{BASELINE}"] = _as_json(paired_difference(frame, arm, BASELINE, measure))
    return found


def _as_json(difference: Difference | None) -> dict[str, Any] | None:
    if difference is None:
        return None
    bounds = [None if math.isnan(bound) else bound for bound in (difference.low, difference.high)]
    return {"mean": difference.mean, "low": bounds[0], "high": bounds[1], "people": difference.people}


def print_by_arm(console: Console, frame: Frame) -> None:
    """Coverage and rates, differences, curves, and who spoke. A narrow terminal breaks lines; no column is lost."""
    rows = summary(frame)
    _print_whole(console, _rates(rows))
    if any(row.get(f"{key}_vs_{BASELINE}") for row in rows for key in _COMPARED):
        _print_whole(console, _differences(rows))
    _print_whole(console, _curves(rows))
    if any(row["played"] < row["planned"] for row in rows):
        words = "Cut short: arms and sessions are unequally played; only the differences are paired."
        console.print(words, markup=False)
    if any(row["needs_profile"] for row in rows):
        console.print("* is shown the true preferences: a bound, not a method", markup=False)
    console.print(provenance_line(frame), soft_wrap=True, markup=False)


def _table(title: str, gap: int = 2) -> Table:
    return Table(title=title, title_justify="left", box=None, padding=(0, gap, 0, 0), header_style="bold")


def _print_whole(console: Console, table: Table) -> None:
    needed = Measurement.get(console, console.options.update(max_width=400), table).maximum
    console.print(table, "", width=max(needed, console.width), crop=False)


def _name(row: dict[str, Any]) -> str:
    """Arms that are shown the true preferences are marked wherever they stand."""
    return f"{row['arm']}{MARK}" if row["needs_profile"] else str(row["arm"])


def _rates(rows: Sequence[dict[str, Any]]) -> Table:
    partly = any(row["counted"] < row["planned"] for row in rows)
    table = _table("by arm: per counted session, ratios of sums", gap=1 if partly else 2)
    table.add_column("arm", no_wrap=True)
    table.add_column("counted/\nplanned", justify="right", no_wrap=True)
    for _, title, _ in _MEASURES:
        table.add_column(title, justify="right", no_wrap=True)
    if partly:
        table.add_column("of\nplanned", justify="right", no_wrap=True)
    for row in rows:
        cells = [_number(row[key], key in _SHARES) for key, _, _ in _MEASURES]
        cells += [_number(row["success_of_planned"], share=True)] if partly else []
        table.add_row(_name(row), f"{row['counted']}/{row['planned']}", *cells)
    return table


def _differences(rows: Sequence[dict[str, Any]]) -> Table:
    table = _table(f"difference to {BASELINE}, paired by person and session (95 %, n people)")
    table.add_column("arm", no_wrap=True)
    for key, title, _ in _MEASURES:
        if key in _COMPARED:
            table.add_column(title, justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    for row in rows:
        found = [row.get(f"{key}_vs_{BASELINE}") for key in _COMPARED]
        if any(found):
            cells = [_interval(value, *_UNITS[key]) for key, value in zip(_COMPARED, found, strict=True)]
            people = sorted({value["people"] if value else 0 for value in found})
            table.add_row(_name(row), *cells, "–".join(map(str, people)))
    return table


def _curves(rows: Sequence[dict[str, Any]]) -> Table:
    table = _table("session by session")
    for title in ("arm", "enforce-\nments", "\nfirst → last", "recurring\nviolations", "\nfirst → last"):
        table.add_column(title, no_wrap=True)
    top = max((value for row in rows for value in row["enforcements_by_session"] if value is not None), default=1.0)
    for row in rows:
        effort, recurring = row["enforcements_by_session"], row["recurring_by_session"]
        table.add_row(
            _name(row), sparkline(effort, top), _ends(effort), sparkline(recurring, 1.0), _ends(recurring, share=True)
        )
    return table


def _ends(values: Sequence[float | None], share: bool = False) -> str:
    """The first and the last value there is."""
    there = [value for value in values if value is not None]
    return f"{_number(there[0], share)} → {_number(there[-1], share)}" if there else "–"


def sparkline(values: Sequence[float | None], top: float) -> str:
    """One bar per value on a scale from 0 to `top`; a gap where there is none."""
    scale = (len(_BARS) - 1) / top if top > 0 else 0.0
    return "".join(" " if value is None else _BARS[round(min(value, top) * scale)] for value in values)


def provenance_line(frame: Frame) -> str:
    """Who spoke: a figure without this line says nothing."""
    protocol = frame.spec.protocol
    identity = protocol.agent.identity
    warning = next((words for sign, words in _WARNINGS.items() if sign in identity), "")
    name, found, digest = identity.partition("sha256:")
    identity = f"{name}sha256:{digest[:12]}…" if found else identity
    return (
        f"{warning}user: {protocol.user.kind} · agent: {protocol.agent.model} ({identity})"
        f" · tokens by {protocol.tokenizer} · seed {protocol.seed} · run {frame.path}"
    )


def _number(value: float | None, share: bool = False) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.0f} %" if share else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _interval(value: dict[str, Any] | None, scale: int, digits: int, unit: str) -> str:
    if value is None:
        return "–"
    mean = f"{value['mean'] * scale:+.{digits}f}{unit}"
    if value["low"] is None:
        return f"{mean} (one person)"
    return f"{mean} [{value['low'] * scale:+.{digits}f},{value['high'] * scale:+.{digits}f}]"
