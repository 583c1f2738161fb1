"""Where a run stands, from its files alone."""

import socket
from pathlib import Path
from typing import Any

import orjson

from collab.records import Status
from collab.store.chain import read_epochs
from collab.store.run_folder import RunFolder


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
        "workers": [_worker(file) for file in sorted((path / "workers").glob("*.json"))],
    }


def _worker(file: Path) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(file.read_bytes())
    return {**said, "name": file.stem, "alive": worker_alive(file)}


def worker_alive(file: Path) -> bool:
    """Whether the worker behind a status file still runs. Only one on this machine can be asked."""
    host, _, pid = file.stem.rpartition("-")
    if host != socket.gethostname():
        return False
    command = Path(f"/proc/{pid}/cmdline")
    try:
        return b"collab" in command.read_bytes() or b"run_experiments" in command.read_bytes()
    except OSError:
        return False
