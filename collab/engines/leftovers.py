"""What an engine leaves on a machine, and how it is removed: processes, shared memory, a temporary folder.

Only the standard library: the guard imports this and must start in a blink. Linux only (/proc, /dev/shm).
Everything here touches what we can prove to be ours and nothing else: processes below a guard or with our run key in
their environment, shared memory that such a process had mapped or open and that no live process holds now.
"""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

RUN_KEY = "COLLAB_RUN_KEY"
GUARD = "COLLAB_GUARD"
SHARED = "/dev/shm/"  # noqa: S108 (looked at, never written)
TRACKER_SECONDS = 3.0

Pids = list[int]


def stat_fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on (state 0, parent 1, start time 19); empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def process_name(pid: int) -> str:
    """`PID:START`, which no later process of this boot can have."""
    fields = stat_fields(pid)
    return f"{pid}:{fields[19]}" if fields else f"{pid}:gone"


def lives(name: str) -> bool:
    """Is the process of `process_name` still there and more than a zombie?"""
    pid, _, start = name.partition(":")
    fields = stat_fields(int(pid)) if pid.isdigit() else []
    return bool(fields) and fields[19] == start and fields[0] not in "ZX"


def all_pids() -> Pids:
    return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]


def descendants(root: int) -> Pids:
    """Every living process below `root`, whatever session it moved to."""
    children: dict[int, Pids] = {}
    for pid in all_pids():
        fields = stat_fields(pid)
        if fields and fields[0] not in "ZX":
            children.setdefault(int(fields[1]), []).append(pid)
    found: Pids = []
    queue = [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def orphans(run_key: str) -> Pids:
    """Living processes that carry this run key and whose guard is gone."""
    found = []
    for pid in all_pids():
        with suppress(OSError):
            if Path(f"/proc/{pid}").stat().st_uid != os.getuid() or stat_fields(pid)[:1] in (["Z"], ["X"]):
                continue
            lines = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
            carried = dict(line.split("=", 1) for line in lines if "=" in line)
            if carried.get(RUN_KEY) == run_key and GUARD in carried and not lives(carried[GUARD]):
                found.append(pid)
    return found


def shared_memory(pids: Iterable[int]) -> dict[str, int]:
    """Path -> inode of every file in /dev/shm that one of these processes has mapped or open."""
    held: dict[str, int] = {}
    for pid in pids:
        with suppress(OSError), Path(f"/proc/{pid}/maps").open() as maps:
            for line in maps:
                if SHARED in line and not line.endswith("(deleted)\n"):
                    fields = line.rstrip("\n").split(maxsplit=5)
                    held[fields[5]] = int(fields[4])
        with suppress(OSError):
            for fd in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    path = str(fd.readlink())
                    if path.startswith(SHARED) and not path.endswith("(deleted)"):
                        held[path] = fd.stat().st_ino
    return held


def remove_shared(ours: dict[str, int]) -> None:
    """Unlink the files of ours that still are the same files and that no live process holds."""
    here = {path: inode for path, inode in ours.items() if Path(path).exists()}
    held = shared_memory(all_pids()) if here else {}
    for path, inode in here.items():
        with suppress(OSError):
            if path not in held and Path(path).stat().st_ino == inode:
                Path(path).unlink()


def signal_each(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def is_tracker(pid: int) -> bool:
    """Python's resource tracker: it unlinks what the others leave, as soon as the last of them is gone."""
    with suppress(OSError):
        return b"multiprocessing.resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def kill(find: Callable[[], Pids], note: Callable[[Pids], None]) -> None:
    """SIGKILL all that `find` returns until it returns nothing. `note` sees each set while it is frozen.

    Frozen first, so that none can create shared memory between the last look and its end. The resource trackers
    go last: vLLM has semaphores that no process maps, and only its tracker knows their names.
    """
    trackers_until = time.monotonic() + TRACKER_SECONDS
    while pids := find():
        workers = [pid for pid in pids if not is_tracker(pid)]
        if not workers and time.monotonic() > trackers_until:
            workers = pids
        signal_each(workers, signal.SIGSTOP)
        note(pids)
        signal_each(workers, signal.SIGKILL)
        time.sleep(0.05)


def world() -> str:
    """This boot and this process namespace: process ids mean nothing outside."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip() + " " + str(Path("/proc/self/ns/pid").readlink())


def records_folder() -> Path:
    """Where guards keep their records on this node: private to the user, gone with the node's temporary files."""
    folder = Path(tempfile.gettempdir()) / f"collab-engines-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


@dataclass
class Record:
    """What one guard knows about its engine, on disk, for the sweep after a guard that was killed."""

    folder: Path
    run_key: str
    guard: str
    world: str
    shared: dict[str, int] = field(default_factory=dict)

    @classmethod
    def create(cls, run_key: str) -> "Record":
        guard = process_name(os.getpid())
        record = cls(records_folder() / guard.replace(":", "-"), run_key, guard, world())
        record.temporary.mkdir(parents=True)
        record.write()
        return record

    @classmethod
    def read(cls, folder: Path) -> "Record | None":
        """None for a record that is being written or is not ours to judge."""
        try:
            kept = json.loads((folder / "record.json").read_text())
            return cls(folder, kept["run_key"], kept["guard"], kept["world"], kept["shared"])
        except (OSError, ValueError, KeyError):
            return None

    @property
    def temporary(self) -> Path:
        """TMPDIR of the engine: its sockets lie there and go with it."""
        return self.folder / "tmp"

    def write(self) -> None:
        kept = {"run_key": self.run_key, "guard": self.guard, "world": self.world, "shared": self.shared}
        fresh = self.folder / "record.tmp"
        fresh.write_text(json.dumps(kept))
        fresh.replace(self.folder / "record.json")

    def note(self, pids: Pids) -> None:
        """Remember the shared memory that these processes hold now."""
        new = shared_memory(pids)
        if not new.items() <= self.shared.items():
            self.shared |= new
            self.write()

    def clear(self) -> None:
        remove_shared(self.shared)
        shutil.rmtree(self.folder, ignore_errors=True)


def sweep(run_key: str) -> int:
    """Remove what engines of this run left behind when their guard was killed too. Returns the processes ended.

    Engines whose guard lives are left alone, so it is safe beside a running one. Blocks for some seconds at most.
    """
    records = [record for folder in records_folder().iterdir() if (record := Record.read(folder))]
    dead = [r for r in records if r.run_key == run_key and r.world == world() and not lives(r.guard)]
    ended: set[int] = set()
    held: dict[str, int] = {}

    def note(pids: Pids) -> None:
        ended.update(pids)
        held.update(shared_memory(pids))

    kill(lambda: orphans(run_key), note)
    remove_shared(held)
    for record in dead:
        record.clear()
    return len(ended)
