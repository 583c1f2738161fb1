"""The grading process: `python -m collab.problems.grading.worker PARENT SECONDS`, JSON lines in and out.

In: {"gold", "draft"}. Out: "ready" as a JSON string once, then {"success", "detail"} per line. It ends when stdin ends
and, on Linux, when its parent does, however that came about.
"""

import ctypes
import os
import queue
import resource
import signal
import sys
import threading
from typing import BinaryIO

import orjson

from collab.problems.grading.math import math_grader

PR_SET_PDEATHSIG = 1
MEMORY_BYTES = 4 * 2**30


def main(parent: int, seconds: float) -> None:
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=read_lines, args=(lines,), daemon=True).start()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not land in the protocol
    grade = math_grader(seconds)
    say(out, "ready")
    while True:
        item = orjson.loads(lines.get())
        try:
            success, detail = grade(item["gold"], item["draft"])
            say(out, {"success": success, "detail": detail})
        except Exception as error:  # one item must not take the others along
            say(out, {"success": None, "detail": f"{type(error).__name__}: {error}"})


def say(out: BinaryIO, message: object) -> None:
    out.write(orjson.dumps(message) + b"\n")
    out.flush()


def die_with(parent: int) -> None:
    """The kernel kills this process when its parent ends; the second look closes the gap before it was asked to."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def read_lines(lines: "queue.SimpleQueue[bytes]") -> None:
    """On a thread of its own, so that the end of stdin ends a process that is busy with an item as well."""
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
