"""Each doorway: what it prints, and how it refuses."""

import io
import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import run_collab

pytestmark = pytest.mark.scripted

MINE = '''
"""Remembers the last thing that was asked of it."""

from collab.adapter import Adapter, Prompt, SessionView, State
from collab.memory.notes import place_notes


class LastWish(Adapter):
    def __init__(self) -> None:
        self.wish = ""

    async def observe_user(self, view: SessionView, message: str) -> None:
        if view.turn:
            self.wish = message

    async def prepare_prompt(self, view: SessionView) -> Prompt:
        return Prompt(place_notes(view.messages, [self.wish] if self.wish else [], "after_question"))

    def export_state(self) -> State:
        return {"wish": self.wish}

    def import_state(self, state: State) -> None:
        self.wish = state["wish"]
'''


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory, scripted_url: str) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "run"
    words = ["--methods", "vanilla,all_memory", "--n-profiles", "2", "--n-sessions", "3", "--output-dir", str(folder)]
    assert run_collab("run", "--vllm-agent-url", scripted_url, *words).returncode == 0
    return folder


def test_show_sets_two_sessions_of_two_arms_side_by_side(run_folder: Path) -> None:
    done = run_collab("show", str(run_folder), "--profile", "p000", "--sessions", "0,2", COLUMNS="200")
    assert done.returncode == 0
    for title in ("vanilla · session 0", "all_memory · session 0", "vanilla · session 2", "all_memory · session 2"):
        assert title in done.stdout
    assert "breaks" in done.stdout and "enforcements" in done.stdout


def test_a_transcript_that_looks_like_markup_is_shown_as_it_is(run_folder: Path) -> None:
    from rich.console import Console

    from collab.analysis.dialogues import print_side_by_side, select

    record = select(run_folder, "p000", "0", "vanilla", 0)[0]
    turn = record.turns[0].model_copy(update={"message": "[red]not markup[/red] [link=x]\x1b[2J\u202e"})
    on = Console(width=100, record=True, file=io.StringIO())
    print_side_by_side(on, [record.model_copy(update={"turns": (turn, *record.turns[1:])})])
    shown = on.export_text()
    assert "[red]not markup[/red] [link=x]" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_results_prints_coverage_and_intervals(run_folder: Path) -> None:
    rows = json.loads(run_collab("results", str(run_folder), "--json").stdout)
    assert [row["counted"] for row in rows] == [6, 6]
    assert {"mean", "low", "high", "people"} == rows[1]["enforcements_vs_vanilla"].keys()
    assert (run_folder / "checkpoint.json").exists() and (run_folder / "results.json").exists()


def test_compare_finds_a_run_equal_to_itself(run_folder: Path) -> None:
    done = run_collab("compare", "--records", str(run_folder), str(run_folder))
    assert (done.returncode, done.stdout.strip()) == (0, "12 sessions compared, 0 differ")


def test_a_strangers_method_is_checked_and_run_by_path(tmp_path: Path, scripted_url: str) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    checked = run_collab("check", "./mine.py:LastWish", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    words = ["run", "--vllm-agent-url", scripted_url, "--methods", "vanilla,./mine.py:LastWish", "--n-profiles", "2"]
    done = run_collab(*words, "--n-sessions", "2", "--output-dir", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LastWish" in done.stdout


@pytest.mark.parametrize("method", ["vanilla", "contextual", "all_memory", "oracle"])
def test_our_own_methods_keep_the_contract(method: str) -> None:
    done = run_collab("check", method)
    assert done.returncode == 0, done.stdout


BROKEN = {
    "keeps its state for itself": "class M(Adapter):\n    seen = []\n    def observe_user(self, view, message):\n"
    "        self.seen.append(message)\n    def prepare_prompt(self, view):\n"
    "        return Prompt(place_notes(view.messages, self.seen, 'system'))\n",
    "forgets at a restart": "class M(Adapter):\n    def __init__(self):\n        self.n = 0\n"
    "    def end_session(self, view):\n        self.n += 1\n    def prepare_prompt(self, view):\n"
    "        return Prompt(place_notes(view.messages, ['x'] * self.n, 'system'))\n",
    "answers with nothing": "class M(Adapter):\n    def process_response(self, view, completions):\n"
    "        return None\n",
    "returns a list of messages": "class M(Adapter):\n    def prepare_prompt(self, view):\n"
    "        return list(view.messages)\n",
    "cannot read its own state": "class M(Adapter):\n    def export_state(self):\n        return {'a': 1}\n",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_method_that_breaks_the_contract_is_told_so(fault: str, tmp_path: Path) -> None:
    head = "from collab.adapter import Adapter, Prompt\nfrom collab.memory.notes import place_notes\n\n\n"
    (tmp_path / "mine.py").write_text(head + BROKEN[fault])
    done = run_collab("check", "./mine.py:M", cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "no " in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--methods", "vanila"], "Did you mean 'vanilla'?"),
        (["run", "--methods", "./nowhere.py:M"], "no file"),
        (["run", "--engine", "cuda"], "resources.engine: found 'cuda'"),
        (["run", "--datasets", "colab-math"], "collab-math"),
        (["run", "--datasets", "colab-math", "--dry-run"], "collab-math"),
        (["run", "--max-turns", "0"], "protocol.max_turns: found 0"),
        (["run", "--in-force", "many"], "--in-force: found 'many'"),
        (["run", "--user", "llm"], "not built yet"),
        (["run", "--vllm-user-url", "http://127.0.0.1:1"], "--vllm-user-url"),
        (["run", "--vllm-agent-url", "http://127.0.0.1:9"], "--vllm-agent-url http://127.0.0.1:9"),
        (["run", "--vllm-agent-url", "http://127.0.0.1:9", "--engine", "scripted"], "--engine"),
        (["run", "nowhere"], "no such file"),
        (["run", "quikstart"], "Did you mean 'quickstart'?"),
        (["run", "--set", "protocol.sead=1"], "Did you mean 'seed'?"),
        (["run", "--set", "protocol"], "--set: found 'protocol'"),
        (["run", "--engine", "scripted", "--profile-path", "nowhere.jsonl"], "nowhere.jsonl"),
        (["run", "--methods", "./mine.py"], "Say ./mine.py:Class"),
        (["run", "--methods", "vanilla oracle"], "found 'vanilla oracle'"),
        (["run", "--set", "a.b=["], "--set a.b"),
        (["run", "--set", "extent.arms=5"], "extent.arms"),
        (["run", "--set", "resources.latency=bogus"], "resources.latency"),
        (["run", "--seed", "99999999999999999999"], "protocol.seed"),
        (["run", "--in-force", "²"], "--in-force"),
        (["run", "--data-dir", "nowhere"], "--data-dir"),
        (["run", "--name", ".."], "name: found '..'"),
        (["run", "--vllm-agent-url", "http://me:secret@127.0.0.1:9"], "without user, password or query"),
        (["run", "--vllm-agent-url", "http://me:secret@127.0.0.1:9"], "http://[…]@127.0.0.1:9"),
        (["run", "--vllm-agent-url", "127.0.0.1:9"], "http://HOST:PORT"),
        (["run", "--engine", "scripted", "--output-dir", "/etc/passwd/x"], "--output-dir"),
        (["show", ".", "--profile", "p000"], "no run.<n>.json"),
        (["status", "nowhere"], "no run.<n>.json"),
        (["serve", "tgi"], "embedded or scripted"),
        (["check", "vanila"], "Did you mean 'vanilla'?"),
    ],
)
def test_wrong_input_gets_one_sentence_and_exit_2(words: list[str], message: str, tmp_path: Path) -> None:
    done = run_collab(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [], "something was written before the refusal"


def test_a_dry_run_writes_nothing_and_counts(tmp_path: Path) -> None:
    done = run_collab("run", "quickstart", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "18 chains" in done.stdout and "72 sessions" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_flags_win_over_the_environment_and_the_environment_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("protocol: {seed: 1, max_turns: 7}\nextent: {people: 2, sessions: 5}\n")
    words = ["run", "spec.yaml", "--dry-run", "--seed", "3"]
    done = run_collab(*words, cwd=tmp_path, COLLAB_SEED="2", COLLAB_N_SESSIONS="4")
    spec = json.loads(done.stdout[: done.stdout.rindex("}") + 1])
    assert (spec["protocol"]["seed"], spec["extent"]["sessions"], spec["protocol"]["max_turns"]) == (3, 4, 7)


def test_the_experiments_script_runs_with_any_python_of_the_machine(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "scripts/run_experiments.py"
    if not (script.parents[1] / ".venv/bin/python").exists():
        pytest.skip("the checkout has no .venv to hand over to")
    done = subprocess.run([script, "--methods", "vanila"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "Did you mean 'vanilla'?" in done.stderr
