"""Steps of an installation: commands whose output is followed, timed phases, one installer at a time."""

import fcntl
import hashlib
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from collab.engines import Report
from collab.engines.packages import cache_folder
from collab.errors import Unusable

DOWNLOADING = re.compile(r"^Downloading \S+ \(([\d.]+)([KMG])iB\)")
MEGABYTES = {"K": 2**10 / 1e6, "M": 2**20 / 1e6, "G": 2**30 / 1e6}
LINES_IN_ERROR = 4


@dataclass
class Phase:
    name: str
    seconds: float = 0.0
    megabytes: float = 0.0


@dataclass
class Steps:
    """What an installation does, as it does it: reported, timed, and under a lock that its commands hold too."""

    report: Report
    lock: int
    phases: list[Phase] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str, detail: str) -> Iterator[Phase]:
        phase = Phase(name)
        self.phases.append(phase)
        self.report(name, detail)
        began = time.monotonic()
        try:
            yield phase
        finally:
            phase.seconds = round(time.monotonic() - began, 2)
            phase.megabytes = round(phase.megabytes, 1)

    def run(self, argv: Sequence[str | Path], phase: Phase, env: Mapping[str, str] | None = None) -> None:
        """One command, its lines reported. Raises Unusable with its last lines when it fails.

        It inherits the lock: when we are killed, the next installer waits until the orphan is done writing.
        """
        lines: list[str] = []
        with subprocess.Popen(
            [str(part) for part in argv],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            env=os.environ | dict(env or {}),
            pass_fds=(self.lock,),
        ) as command:
            assert command.stdout is not None
            for line in filter(None, map(str.strip, command.stdout)):
                lines.append(line)
                phase.megabytes += size_in(line)
                if not line.startswith(("+", "-", "~")):
                    self.report(phase.name, line)
        if command.returncode != 0:
            last = "; ".join(lines[-LINES_IN_ERROR:]) or f"exit {command.returncode}, no message"
            raise Unusable(
                f"The engine's installation failed at '{phase.name}': {last}. The same command starts it again."
            )


def size_in(line: str) -> float:
    """MB that a line of uv's output says it downloads (uv names only what is above 1 MiB)."""
    found = DOWNLOADING.match(line)
    return float(found[1]) * MEGABYTES[found[2]] if found else 0.0


@contextmanager
def one_at_a_time(folder: Path, report: Report) -> Iterator[int]:
    """Holds the lock of this folder's installation; a second installer waits for the first. Yields the descriptor."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    path = cache_folder() / "locks" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            report("wait", "another installation of the engine is running; this one waits for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()
