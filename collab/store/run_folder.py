"""The run folder as a whole: what was asked for, which chains there are, what is still owed."""

import fcntl
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from collab.errors import WrongInput
from collab.records import RunFile, SessionRecord
from collab.refusals import first_fault
from collab.spec import Extent, RunSpec, build_spec
from collab.store.chain import ChainKey, read_records
from collab.store.files import in_words, publish

_RUN_NAME = re.compile(r"run\.(\d+)\.json$")


@contextmanager
def only_worker(path: Path) -> Iterator[None]:
    """Hold the run for this process; the kernel lets go when it dies. Raises WrongInput while another one has it.

    A courtesy on one machine, against paying twice. What keeps records right is the epochs, with or without this lock.
    """
    with in_words(path):
        path.mkdir(parents=True, exist_ok=True)
        file = (path / ".worker").open("wb")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongInput(str(path), "a worker at work", "a run at rest", "Wait for it, or stop it.") from None
        except OSError:
            pass  # a file system without locks
        yield


def at_work(path: Path) -> bool:
    """Whether a process on this machine holds the run."""
    try:
        with only_worker(path):
            return False
    except WrongInput:
        return True


class RunFolder:
    """An existing run. `spec` has the largest extent ever asked for; `people` and `arms` map names to fingerprints."""

    def __init__(self, path: Path, newest: RunFile) -> None:
        self.path = path
        self.file = newest
        self.spec = build_spec(newest.spec, str(path / f"run.{newest.number}.json"))

    @classmethod
    def read(cls, path: Path) -> "RunFolder":
        """Open a run that exists. Raises WrongInput in words where `path` is none."""
        newest = _newest_run_file(path)
        if newest is None:
            raise WrongInput(
                str(path), "no run.<n>.json", "a run folder", "`ls results/` shows the runs of this checkout."
            )
        return cls(path, newest)

    @classmethod
    def create_or_extend(
        cls, path: Path, spec: RunSpec, people: Mapping[str, str], provenance: dict[str, Any]
    ) -> tuple["RunFolder", str]:
        """Open the run for `spec`, and say in words what that did. Another protocol is refused with the difference."""
        while True:
            newest = _newest_run_file(path)
            if newest is None:
                wanted, said, number = spec, "new run", 0
            else:
                before = cls(path, newest)
                before._refuse_another(spec, people)
                wanted = spec.model_copy(update={"extent": _union(before.spec.extent, spec.extent)})
                if wanted.extent == before.spec.extent:
                    return before, "resumed"
                said, number = f"extended: {_growth(before.spec.extent, wanted.extent)}", newest.number + 1
            file = RunFile(
                number=number,
                spec=wanted.model_dump(mode="json"),
                protocol=spec.protocol_fingerprint(),
                arms={arm.name: spec.arm_fingerprint(arm) for arm in wanted.extent.arms},
                people={**(newest.people if newest else {}), **people},
                provenance=provenance,
            )
            content = orjson.dumps(file.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
            if publish(path / f"run.{number}.json", content):
                return cls(path, file), said

    def chains(self) -> Iterator[ChainKey]:
        """Every chain of the extent: person by person, all arms of one together, so that a cut run stays balanced."""
        for person in list(self.file.people)[: self.spec.extent.people]:
            for repeat in range(self.spec.extent.repeats):
                for arm in self.spec.extent.arms:
                    yield ChainKey(arm.name, person, repeat)

    def records(self, key: ChainKey) -> list[SessionRecord]:
        """The committed sessions of one chain."""
        return read_records(self.path, key)

    def _refuse_another(self, spec: RunSpec, people: Mapping[str, str]) -> None:
        mend = "Choose another --output-dir or --name, or undo the change."
        if self.file.protocol != spec.protocol_fingerprint():
            changes = _differences(self.spec.protocol.model_dump(mode="json"), spec.protocol.model_dump(mode="json"))
            found = "; ".join(f"{key} {new!r} (the run has {old!r})" for key, (old, new) in changes.items())
            raise WrongInput(str(self.path), found or "another scripted noise", "the protocol of this run", mend)
        for arm in spec.extent.arms:
            known = self.file.arms.get(arm.name)
            if known is not None and known != spec.arm_fingerprint(arm):
                mend = "Rename the changed arm (an arm by path is named after its class), or choose another --name."
                raise WrongInput(f"{self.path}: arm {arm.name}", "other options or code", "those of this run", mend)
        for (person, mark), (asked, asked_mark) in zip(self.file.people.items(), people.items(), strict=False):
            if person != asked:
                raise WrongInput(f"{self.path}: people", f"{asked} in the place of {person}", "the same order", mend)
            if mark != asked_mark:
                raise WrongInput(f"{self.path}: person {person}", "another profile", "the one of this run", mend)


def _newest_run_file(path: Path) -> RunFile | None:
    numbered = [
        (int(found.group(1)), file) for file in path.glob("run.*.json") if (found := _RUN_NAME.search(file.name))
    ]
    if not numbered:
        if path.exists() and not path.is_dir():
            raise WrongInput(str(path), "a file", "a folder")
        return None
    file = max(numbered)[1]
    try:
        return RunFile.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise first_fault(str(file), error, RunFile) from None


def _union(before: Extent, asked: Extent) -> Extent:
    known = {arm.name for arm in before.arms}
    return before.model_copy(
        update={
            "arms": (*before.arms, *(arm for arm in asked.arms if arm.name not in known)),
            "profiles": asked.profiles if asked.people > before.people else before.profiles,
            "people": max(before.people, asked.people),
            "sessions": max(before.sessions, asked.sessions),
            "repeats": max(before.repeats, asked.repeats),
        }
    )


def _growth(before: Extent, after: Extent) -> str:
    words = [
        f"{name} {getattr(before, name)} → {getattr(after, name)}"
        for name in ("people", "sessions", "repeats")
        if getattr(after, name) != getattr(before, name)
    ]
    added = [arm.name for arm in after.arms[len(before.arms) :]]
    return ", ".join(words + [f"arm {name} added" for name in added])


def _differences(old: Any, new: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        found: dict[str, tuple[Any, Any]] = {}
        for key in sorted(old.keys() | new.keys()):
            found |= _differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
        return found
    return {} if old == new else {path: (old, new)}
