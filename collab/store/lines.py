"""One record as one line that knows whether it is whole."""

import zlib
from collections.abc import Iterator
from typing import Any

import orjson

_SUM = b',"sum":"'


def framed(value: dict[str, Any]) -> bytes:
    """`value` as one JSON line whose last key is the CRC-32 of all that stands before it. Readable with jq."""
    body = orjson.dumps(value)
    return body[:-1] + _SUM + b'%08x"}\n' % zlib.crc32(body[:-1])


def unframed(line: bytes) -> dict[str, Any] | None:
    """The value of a whole line, or None where it is torn or damaged."""
    body, found, rest = line.rpartition(_SUM)
    if not found or rest != b'%08x"}' % zlib.crc32(body):
        return None
    value = orjson.loads(body + b"}")
    return value if isinstance(value, dict) else None


def whole_lines(content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """(offset behind the line, value) of each line up to the first that is torn; the rest was never committed."""
    offset = 0
    for line in content.splitlines(keepends=True):
        value = unframed(line[:-1]) if line.endswith(b"\n") else None
        if value is None:
            return
        offset += len(line)
        yield offset, value
