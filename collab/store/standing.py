"""Where a run stands, from its files alone."""

from pathlib import Path
from typing import Any

import orjson

from collab.records import Status
from collab.store.chain import read_epochs
from collab.store.run_folder import RunFolder, at_work


def standing(path: Path) -> dict[str, Any]:
    """Sessions by arm (played, planned, failed, torn bytes that were set aside) and the workers' last words."""
    folder = RunFolder.read(path)
    arms: dict[str, dict[str, Any]] = {
        arm.name: {"arm": arm.name, "played": 0, "planned": 0, "failed": 0, "torn_bytes": 0}
        for arm in folder.spec.extent.arms
    }
    for key in folder.chains():
        records = folder.records(key)
        row = arms[key.arm]
        row["planned"] += folder.spec.extent.sessions
        row["played"] += len(records)
        row["failed"] += sum(record.status is not Status.OK for record in records)
        row["torn_bytes"] += sum(epoch.torn_bytes for epoch in read_epochs(path, key))
    return {
        "run": str(path),
        "protocol": folder.file.protocol,
        "arms": list(arms.values()),
        "workers": [_worker(file, at_work(path)) for file in sorted((path / "workers").glob("*.json"))],
    }


def _worker(file: Path, at_work: bool) -> dict[str, Any]:
    try:
        said: dict[str, Any] = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        said = {"phase": "unreadable", "done": 0, "planned": 0, "sessions_per_hour": 0.0, "retries": 0}
    return {**said, "name": file.stem, "alive": at_work}


def forget_dead_workers(path: Path) -> None:
    """Remove the last words of earlier workers. Only for who holds the run: then all of them are dead."""
    for file in (path / "workers").glob("*.json"):
        file.unlink(missing_ok=True)
