"""A whole study on the scripted engine, held against the truth session by session."""

import json
from pathlib import Path

import pytest

from collab.analysis.equality import differences
from collab.analysis.frames import load
from collab.scripted.expected import hold_against
from tests.conftest import run_collab

pytestmark = pytest.mark.scripted
ARMS = "vanilla,contextual,all_memory,oracle"
PLACED = ("all_memory", "oracle")


def play(folder: Path, url: str, *more: str, people: int = 12, sessions: int = 5, methods: str = ARMS) -> None:
    words = ["run", "--vllm-agent-url", url, "--methods", methods, "--output-dir", str(folder)]
    words += ["--n-profiles", str(people), "--n-sessions", str(sessions), *more]
    done = run_collab(*words)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, scripted_url: str) -> Path:
    folder = tmp_path_factory.mktemp("study") / "run"
    play(folder, scripted_url, people=40)
    return folder


def test_every_session_of_every_arm_equals_the_expected_one(study: Path) -> None:
    held, found = hold_against(study)
    assert found == []
    assert held == 4 * 40 * 5


def test_memory_falls_and_vanilla_does_not(study: Path) -> None:
    """The curve that the plumbing must show: otherwise the demonstration demonstrates nothing."""
    rows = json.loads(run_collab("results", str(study), "--json").stdout)
    rates = {row["arm"]: row["recurring"] for row in rows}
    assert rates["vanilla"] == 1.0
    assert rates["oracle"] == 0.0
    assert rates["all_memory"] < 0.35 and rates["contextual"] < 0.35


def test_problem_preferences_and_opening_are_the_same_in_every_arm(study: Path) -> None:
    """Common random numbers: an arm that met other problems could not be compared."""
    met: dict[tuple[str, int], set[tuple[object, ...]]] = {}
    for row in load(study).rows:
        assert row.record is not None
        facts = (row.record.problem_id, row.record.in_force, row.record.turns[0].message)
        met.setdefault((row.person, row.session), set()).add(facts)
    assert len(met) == 40 * 5
    assert all(len(facts) == 1 for facts in met.values())


def test_turn_sync_and_continuous_give_equal_records(study: Path, tmp_path: Path, scripted_url: str) -> None:
    play(tmp_path / "run", scripted_url, "--schedule", "turn_sync", "--parallel-profiles", "7", people=40)
    assert differences(study, tmp_path / "run") == (800, [])


def test_a_run_with_fewer_people_sessions_and_arms_is_a_part_of_the_larger_one(
    study: Path, tmp_path: Path, scripted_url: str
) -> None:
    play(tmp_path / "run", scripted_url, people=3, sessions=2, methods="oracle,vanilla")
    whole = {(row.arm, row.person, row.session): row.record for row in load(study).rows}
    for row in load(tmp_path / "run").rows:
        other = whole[row.arm, row.person, row.session]
        assert row.record is not None and other is not None
        assert (row.record.turns, row.record.in_force) == (other.turns, other.in_force)


def test_an_extended_run_equals_a_straight_one(study: Path, tmp_path: Path, scripted_url: str) -> None:
    play(tmp_path / "run", scripted_url, people=20, sessions=2, methods="all_memory,contextual")
    play(tmp_path / "run", scripted_url, people=40, sessions=5)
    assert differences(study, tmp_path / "run") == (800, [])


def test_noise_of_the_engine_is_foreseen_too(tmp_path: Path) -> None:
    words = ["run", "--engine", "scripted", "--methods", ARMS, "--n-profiles", "10", "--n-sessions", "4"]
    done = run_collab(*words, "--set", "resources.noise=0.3", "--seed", "9", "--output-dir", str(tmp_path / "run"))
    assert done.returncode == 0, done.stdout + done.stderr
    held, found = hold_against(tmp_path / "run")
    assert (held, found) == (160, [])


@pytest.mark.parametrize("placement", ["after_question", "before_question", "system"])
def test_notes_are_found_wherever_a_placement_puts_them(placement: str, tmp_path: Path, scripted_url: str) -> None:
    """Whichever placement breaks, the study that uses it no longer equals the expected one."""
    arms = [{"name": method, "method": method, "options": {"placement": placement}} for method in PLACED]
    (tmp_path / "spec.yaml").write_text(
        json.dumps({"extent": {"arms": [{"name": "vanilla", "method": "vanilla"}, *arms]}})
    )
    words = ["run", str(tmp_path / "spec.yaml"), "--vllm-agent-url", scripted_url, "--n-profiles", "10"]
    done = run_collab(*words, "--n-sessions", "4", "--output-dir", str(tmp_path / "run"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert hold_against(tmp_path / "run") == (120, [])


def test_the_longest_context_of_a_server_ends_a_session_and_not_its_row(tmp_path: Path, scripted_url: str) -> None:
    """An overflow that dropped the pair would favour the arm that talks most."""
    words = ["run", "--vllm-agent-url", scripted_url, "--methods", "vanilla", "--n-profiles", "1", "--n-sessions", "2"]
    (tmp_path / "spec.yaml").write_text(json.dumps({"protocol": {"agent": {"system_prompt": "word " * 33_000}}}))
    done = run_collab(*words, "--config", str(tmp_path / "spec.yaml"), "--output-dir", str(tmp_path / "run"))
    assert done.returncode == 0, done.stdout + done.stderr
    records = [row.record for row in load(tmp_path / "run").rows if row.record]
    assert [(record.status, record.ended_by) for record in records] == [("ok", "context_limit")] * 2
