"""One chain on disk: taking it, committing to it, reading what counts."""

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from collab.errors import CollabError, ExitCode, WrongInput
from collab.records import SCHEMA, SessionRecord
from collab.refusals import first_fault
from collab.store.epochs import EpochFile, header, next_counts, parse_epoch, surviving_lines
from collab.store.files import append, publish
from collab.store.lines import framed
from collab.store.state import State, StateLog

_TOUCHED = "Was the run folder edited, or copied in part? Restore it from a copy."
_EPOCH_NAME = re.compile(r"\.(\d+)\.jsonl$")


@dataclass(frozen=True, slots=True)
class ChainKey:
    """The unit of ownership, order and parallelism."""

    arm: str
    person: str
    repeat: int

    def __str__(self) -> str:
        return f"{self.arm}/{self.person}.r{self.repeat}"


class TakenOver(CollabError):
    """A newer epoch exists: somebody else owns this chain now, and nothing more may be committed here."""

    exit_code = ExitCode.DRAINED


class Chain:
    """An owned chain. `records` are the sessions that count, oldest first; `state` is the adapter's after the last.

    torn_bytes: what the owner before was writing when it died; it was never committed.
    """

    def __init__(
        self,
        folder: Path,
        key: ChainKey,
        epoch: int,
        records: list[SessionRecord],
        state: State | None,
        torn_bytes: int,
    ) -> None:
        self.key = key
        self.torn_bytes = torn_bytes
        self.records = records
        self.state = state
        self._folder = folder
        self._epoch = epoch
        self._log = StateLog(_base(folder, key, epoch))

    @classmethod
    def take(cls, folder: Path, key: ChainKey, owner: str, marks: dict[str, str]) -> "Chain":
        """Publish the next epoch and become its only writer; the loser of a race takes the one after."""
        while True:
            epochs = read_epochs(folder, key)
            number = epochs[-1].number + 1 if epochs else 0
            records, state = _resumed(folder, key, epochs)
            first = framed(header(number, owner, next_counts(epochs), {"schema": str(SCHEMA), **marks}))
            if publish(_path(folder, key, number), first):
                torn = epochs[-1].torn_bytes if epochs else 0
                return cls(folder, key, number, records, state, torn)

    def commit(self, record: SessionRecord, state: State) -> None:
        """State first, then the line: the line is the commit point, and any prefix of these steps resumes alike.

        Raises TakenOver when a newer epoch exists; nothing is written then.
        """
        if _path(self._folder, self.key, self._epoch + 1).exists():
            raise TakenOver(f"{self.key}: taken over by another worker")
        self._log.write(record.session, state)
        line = framed({"kind": "session", **record.model_dump(mode="json")})
        append(_path(self._folder, self.key, self._epoch), line)
        self.records.append(record)
        self.state = state


def read_records(folder: Path, key: ChainKey) -> list[SessionRecord]:
    """The sessions of a chain that count, without owning it."""
    return _as_records(folder, key, read_epochs(folder, key))


def read_epochs(folder: Path, key: ChainKey) -> list[EpochFile]:
    """Every epoch file of a chain, oldest first."""
    paths = sorted(
        (int(found.group(1)), path)
        for path in (folder / "chains" / key.arm).glob(f"{key.person}.r{key.repeat}.*.jsonl")
        if (found := _EPOCH_NAME.search(path.name)) and not path.name.endswith(".state.jsonl")
    )
    epochs = []
    for number, path in paths:
        try:
            epochs.append(parse_epoch(number, path.read_bytes()))
        except ValueError as error:
            raise WrongInput(str(path), str(error), "an epoch file", _TOUCHED) from None
    return epochs


def _resumed(folder: Path, key: ChainKey, epochs: list[EpochFile]) -> tuple[list[SessionRecord], State | None]:
    records = _as_records(folder, key, epochs)
    if not records:
        return records, None
    last = surviving_lines(epochs)[-1]
    state = StateLog(_base(folder, key, last.epoch)).read(records[-1].session)
    if state is None:
        raise WrongInput(
            f"{folder}: chain {key}", f"no state after session {records[-1].session}", "one state line per session"
        )
    return records, state


def _as_records(folder: Path, key: ChainKey, epochs: list[EpochFile]) -> list[SessionRecord]:
    where = f"{folder}: chain {key}"
    try:
        lines = surviving_lines(epochs)
    except ValueError as error:
        raise WrongInput(where, str(error), "every line that was committed", _TOUCHED) from None
    records = []
    for index, line in enumerate(lines):
        try:
            record = SessionRecord.model_validate({k: value for k, value in line.value.items() if k != "kind"})
        except ValidationError as error:
            raise first_fault(where, error, SessionRecord) from None
        if record.session != index:
            raise WrongInput(where, f"session {record.session} in place {index}", "sessions in order", _TOUCHED)
        records.append(record)
    return records


def _base(folder: Path, key: ChainKey, epoch: int) -> Path:
    return folder / "chains" / key.arm / f"{key.person}.r{key.repeat}.{epoch}"


def _path(folder: Path, key: ChainKey, epoch: int) -> Path:
    base = _base(folder, key, epoch)
    return base.with_name(base.name + ".jsonl")
