"""`checkpoint.json` and `results.json`: what people of this field look for first. Neither is ever the truth."""

from collections import defaultdict
from typing import Any

import orjson

from collab.records import SessionRecord
from collab.store.files import replace_file
from collab.store.run_folder import RunFolder

_LEFT_OUT = {"turns", "memory"}


def write_views(folder: RunFolder) -> None:
    """Rebuild both views from the chains."""
    options = orjson.OPT_INDENT_2
    rows = session_rows(folder)
    replace_file(folder.path / "checkpoint.json", orjson.dumps(_checkpoint(folder, rows), option=options))
    results = {"run": folder.path.name, "protocol": folder.file.protocol, "spec": folder.file.spec, "sessions": rows}
    replace_file(folder.path / "results.json", orjson.dumps(results, option=options))


def session_rows(folder: RunFolder) -> list[dict[str, Any]]:
    """One metrics row for every planned session; one that was not played has the status `not_played`."""
    methods = {arm.name: arm.method for arm in folder.spec.extent.arms}
    rows = []
    for key in folder.chains():
        records = folder.records(key)
        rows += [_row(record) for record in records]
        for session in range(len(records), folder.spec.extent.sessions):
            rows.append(
                {
                    "arm": key.arm,
                    "method": methods[key.arm],
                    "person": key.person,
                    "repeat": key.repeat,
                    "session": session,
                    "status": "not_played",
                }
            )
    return rows


def _row(record: SessionRecord) -> dict[str, Any]:
    row = record.model_dump(mode="json", exclude=_LEFT_OUT)
    row["timed_out"] = record.timed_out
    return row


def _checkpoint(folder: RunFolder, rows: list[dict[str, Any]]) -> dict[str, Any]:
    done: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        done[row["arm"]][row["person"]] += row["status"] != "not_played"
    return {"protocol": folder.file.protocol, "sessions_per_profile": done}
