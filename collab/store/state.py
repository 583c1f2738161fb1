"""Adapter state as JSON lines beside the chain, and its arrays as append-only rows."""

import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from collab.errors import WrongInput
from collab.store.files import append
from collab.store.lines import framed, whole_lines

State = dict[str, Any]
"""What `export_state` returns: JSON values, and NumPy arrays at the top level."""


def refuse_unwritable(state: State) -> None:
    """Raise TypeError where `state` could not be written and read back: not JSON, or an array of objects."""
    if not isinstance(state, dict):
        raise TypeError(f"a state is a dict, not {type(state).__name__}")
    for name, value in state.items():
        if not isinstance(value, np.ndarray):
            continue
        if value.dtype.hasobject or value.dtype.names:
            raise TypeError(f"array {name!r} is of {value.dtype}; export plain numbers")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            raise TypeError(f"array {name!r}: its name becomes a file's; use letters, digits, - and _")
    for name, value in state.items():
        if not isinstance(value, np.ndarray) and orjson.loads(orjson.dumps(value)) != value:
            kind = type(value).__name__
            raise TypeError(f"state[{name!r}], a {kind}, does not come back from JSON as it was (tuple, NaN, object?)")


class StateLog:
    """State after each session of one epoch. `base` is the chain's path without suffix; one writer for ever."""

    def __init__(self, base: Path) -> None:
        self._path = base.with_name(base.name + ".state.jsonl")
        self._rows: dict[str, NDArray[Any]] = {}
        self._starts: dict[str, int] = {}

    def write(self, session: int, state: State) -> None:
        """Append the state after `session`; rows that an array already had are not written again."""
        arrays = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
        plain = {name: value for name, value in state.items() if name not in arrays}
        described = {name: self._append_rows(name, array) for name, array in arrays.items()}
        append(self._path, framed({"kind": "state", "session": session, "state": plain, "arrays": described}))

    def read(self, session: int) -> State | None:
        """The newest state written for `session`, or None."""
        if not self._path.exists():
            return None
        found = [line for _, line in whole_lines(self._path.read_bytes()) if line["session"] == session]
        if not found:
            return None
        state: State = dict(found[-1]["state"])
        for name, where in found[-1]["arrays"].items():
            state[name] = self._read_rows(name, where)
        return state

    def _file(self, name: str) -> Path:
        return self._path.with_name(self._path.name.removesuffix("jsonl") + name + ".rows")

    def _append_rows(self, name: str, array: NDArray[Any]) -> dict[str, Any]:
        before = self._rows.get(name)
        grows = (
            before is not None
            and array.ndim > 0
            and before.dtype == array.dtype
            and before.shape[1:] == array.shape[1:]
            and len(array) >= len(before)
            and np.array_equal(array[: len(before)], before)
        )
        path = self._file(name)
        if not grows:
            self._starts[name] = path.stat().st_size if path.exists() else 0
        fresh = array[len(before) :] if grows and before is not None else array
        if fresh.size or not path.exists():
            append(path, np.ascontiguousarray(fresh).tobytes())
        self._rows[name] = array.copy()
        crc = zlib.crc32(np.ascontiguousarray(array).tobytes())
        return {"dtype": array.dtype.str, "shape": list(array.shape), "start": self._starts[name], "crc": crc}

    def _read_rows(self, name: str, where: dict[str, Any]) -> NDArray[Any]:
        dtype, shape = np.dtype(where["dtype"]), tuple(where["shape"])
        with self._file(name).open("rb") as file:
            file.seek(where["start"])
            content = file.read(int(np.prod(shape)) * dtype.itemsize)
        if zlib.crc32(content) != where["crc"]:
            raise WrongInput(str(self._file(name)), "damaged rows", "the array that was committed")
        return np.frombuffer(content, dtype=dtype).reshape(shape).copy()
