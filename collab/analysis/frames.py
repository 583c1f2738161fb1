"""A run as rows: every planned session, played or not."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from collab.records import SessionRecord, Status
from collab.spec import RunSpec
from collab.store.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Row:
    """One planned session; `record` is None where it was not played."""

    arm: str
    person: str
    repeat: int
    session: int
    record: SessionRecord | None

    @property
    def played(self) -> bool:
        return self.record is not None

    @property
    def counted(self) -> SessionRecord | None:
        """The record where it can be counted: played and not failed."""
        return self.record if self.record is not None and self.record.status is Status.OK else None


@dataclass(frozen=True)
class Frame:
    """All rows of a run, and the spec they were played under."""

    path: Path
    spec: RunSpec
    rows: tuple[Row, ...]

    @property
    def arms(self) -> list[str]:
        return [arm.name for arm in self.spec.extent.arms]

    def only(self, arms: Collection[str]) -> "Frame":
        """The same run with some of its arms left out."""
        kept = tuple(arm for arm in self.spec.extent.arms if arm.name in arms)
        extent = self.spec.extent.model_copy(update={"arms": kept})
        spec = self.spec.model_copy(update={"extent": extent})
        return Frame(self.path, spec, tuple(row for row in self.rows if row.arm in arms))

    def of_arm(self, arm: str) -> list[Row]:
        return [row for row in self.rows if row.arm == arm]


def load(path: Path) -> Frame:
    """Read a run folder. Raises WrongInput where it is none."""
    folder = RunFolder.read(path)
    return Frame(path, folder.spec, tuple(_rows(folder)))


def _rows(folder: RunFolder) -> Iterator[Row]:
    for key in folder.chains():
        records = folder.records(key)
        for session in range(max(folder.spec.extent.sessions, len(records))):
            record = records[session] if session < len(records) else None
            yield Row(key.arm, key.person, key.repeat, session, record)


Measure = Callable[[SessionRecord], tuple[float, float] | None]
"""(amount, of how many) of one session; None where the session says nothing about it. Rates are ratios of sums."""


def enforcements(record: SessionRecord) -> tuple[float, float] | None:
    """Messages that asked for an adjustment, per session."""
    return record.enforcements, 1


def recurring_violations(record: SessionRecord) -> tuple[float, float] | None:
    """Of the preferences that this person had in force before, those the first substantive reply broke."""
    if not record.recurring_opportunities:
        return None
    return record.recurring_violations, record.recurring_opportunities


def user_tokens(record: SessionRecord) -> tuple[float, float] | None:
    """Tokens the person typed, per session."""
    return record.user_tokens, 1


def success(record: SessionRecord) -> tuple[float, float] | None:
    """Share of graded sessions whose final draft is right."""
    return None if record.success is None else (float(record.success), 1)


def agent_turns(record: SessionRecord) -> tuple[float, float] | None:
    """Replies per session."""
    return record.n_agent_turns, 1


def timeouts(record: SessionRecord) -> tuple[float, float] | None:
    """Share of sessions that used up their turns."""
    return float(record.timed_out), 1


def rate(rows: list[Row], measure: Measure) -> float | None:
    """Ratio of sums over the sessions that count; None where none does."""
    pairs = [pair for row in rows if row.counted and (pair := measure(row.counted)) is not None]
    total = sum(of for _, of in pairs)
    return sum(amount for amount, _ in pairs) / total if total else None


def by_session(rows: list[Row], measure: Measure) -> list[float | None]:
    """The rate at each session index, oldest first."""
    last = max((row.session for row in rows), default=-1)
    return [rate([row for row in rows if row.session == index], measure) for index in range(last + 1)]
