"""What this machine has and lacks for the engines, as plain checks. `collab doctor` prints them."""

import ctypes
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from collab.engines import environment
from collab.engines.install import DISK_GB, installed
from collab.engines.packages import cache_folder

MEMORY_GIB = 6.0
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ok: None where nothing depends on it; mend: one line, empty where nothing is to be mended."""

    name: str
    ok: bool | None
    found: str
    mend: str = ""


def check_machine() -> list[Check]:
    """All checks, in the order a person mends them. Starts nothing, writes nothing that stays."""
    checks: list[Callable[[], Check]] = [
        python,
        memory,
        disk,
        processor,
        lambda: library("libnuma", "libnuma.so.1", "libnuma1"),
        lambda: library("libgomp", "libgomp.so.1", "libgomp1"),
        shared_memory,
        engine_build,
        engine_state,
        gpu,
    ]
    return [check() for check in checks]


def python() -> Check:
    ok = sys.version_info[:2] >= OLDEST_PYTHON
    return Check("python", ok, platform.python_version(), "" if ok else "Install Python 3.11 or newer.")


def memory() -> Check:
    """Memory that can be had without swapping, and not more than the control group allows."""
    free = min(available_gib(), allowed_gib())
    mend = (
        ""
        if free >= MEMORY_GIB
        else f"The embedded engine takes 3.5 GiB beside the run: free some memory. {environment.ANY_SERVER}"
    )
    return Check("memory", free >= MEMORY_GIB, f"{free:.1f} GiB free", mend)


def available_gib() -> float:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30  # not Linux: all there is
    return next(float(line.split()[1]) for line in lines if line.startswith("MemAvailable")) / 2**20


def allowed_gib() -> float:
    """What the control group leaves (containers, SLURM); infinite where there is no limit to be seen."""
    try:
        ours = Path("/proc/self/cgroup").read_text().strip().rpartition("::")[2]
        group = Path("/sys/fs/cgroup") / ours.lstrip("/")
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
        stats = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):  # "max" is no number
        return float("inf")
    return (limit - used + int(stats.get("inactive_file", 0))) / 2**30  # the file cache is given back on demand


def disk() -> Check:
    """Space for what is still to be installed, where it would go."""
    needed = 0.0 if installed() else DISK_GB
    rooms = {existing(environment.environment_folder()), existing(cache_folder())}
    tightest = min(rooms, key=lambda room: shutil.disk_usage(room).free)
    free = shutil.disk_usage(tightest).free / 1e9
    mend = "" if free >= needed else f"Make {needed:.0f} GB free there, or set COLLAB_ENGINE_ENV and COLLAB_CACHE."
    return Check("disk", free >= needed, f"{free:.0f} GB free in {tightest}", mend)


def existing(folder: Path) -> Path:
    return next(parent for parent in [folder, *folder.parents] if parent.exists())


def processor() -> Check:
    """AVX2 is the least that the engine's build runs on."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return Check("processor", None, f"{platform.machine()}, instruction sets not known")
    best = next((name for name in ("avx512_bf16", "avx512f", "avx2") if name in flags), "no AVX2")
    ok = best != "no AVX2"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    mend = "" if ok else f"The embedded engine needs AVX2. {environment.ANY_SERVER}"
    return Check("processor", ok, f"{cores} cores, {best}", mend)


def library(name: str, file: str, package: str) -> Check:
    try:
        ctypes.CDLL(file)
    except OSError:
        return Check(name, False, f"{file} cannot be loaded", f"Install it: apt-get install {package}.")
    return Check(name, True, file)


def shared_memory() -> Check:
    """vLLM's processes talk through /dev/shm and map 0.4 GB there."""
    room = Path("/dev/shm")  # noqa: S108 (this is what is checked)
    try:
        with tempfile.TemporaryFile(dir=room):
            free = shutil.disk_usage(room).free / 1e9
    except OSError as error:
        return Check("shared memory", False, str(error), f"Mount a tmpfs on {room} that this user can write.")
    mend = "" if free >= 0.5 else "Give it 1 GB (docker run --shm-size 1g)."
    return Check("shared memory", free >= 0.5, f"{free:.1f} GB free in {room}", mend)


def engine_build() -> Check:
    reason = environment.unsupported()
    found = reason or f"for {platform.machine()}, Python {sys.version_info.major}.{sys.version_info.minor}"
    return Check("engine build", reason is None, found, environment.ANY_SERVER if reason else "")


def engine_state() -> Check:
    folder = environment.environment_folder()
    if done := installed():
        return Check("engine", True, f"installed in {folder}; model {done.model.name}")
    found = f"{folder} is unfinished or of another version" if folder.is_dir() else "not installed yet"
    return Check("engine", None, found, "The first run installs it; or do it now: python -m collab.engines.install")


def gpu() -> Check:
    """Only looked at: the embedded engine never uses one; layouts do."""
    try:
        names = [line.split(":", 1)[1].strip() for line in gpu_lines() if line.startswith("Model:")]
    except OSError:
        names = []
    return Check("gpu", None, ", ".join(names) if names else "none seen")


def gpu_lines() -> list[str]:
    cards = Path("/proc/driver/nvidia/gpus")
    return [line for card in sorted(cards.iterdir()) for line in (card / "information").read_text().splitlines()]
