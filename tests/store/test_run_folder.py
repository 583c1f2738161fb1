"""A run that is opened again: resumed, extended, or refused in words."""

import json
from pathlib import Path

import pytest

from collab.errors import WrongInput
from collab.spec import RunSpec, build_spec
from collab.store.chain import Chain, ChainKey
from collab.store.run_folder import RunFolder, only_worker
from collab.store.views import write_views
from tests.conftest import made_record

PEOPLE = {"p000": "aa", "p001": "bb"}


def spec(arms: tuple[str, ...] = ("vanilla",), sessions: int = 3, **protocol: object) -> RunSpec:
    listed = [{"name": arm, "method": arm} for arm in arms]
    return build_spec({"protocol": protocol, "extent": {"arms": listed, "people": 2, "sessions": sessions}}, "test")


def open_run(path: Path, wanted: RunSpec) -> tuple[RunFolder, str]:
    return RunFolder.create_or_extend(path, wanted, PEOPLE, {})


def test_the_same_spec_resumes(tmp_path: Path) -> None:
    assert open_run(tmp_path, spec())[1] == "new run"
    assert open_run(tmp_path, spec())[1] == "resumed"
    assert len(list(tmp_path.glob("run.*.json"))) == 1


def test_a_larger_extent_extends_and_says_by_what(tmp_path: Path) -> None:
    open_run(tmp_path, spec())
    folder, said = open_run(tmp_path, spec(("vanilla", "oracle"), sessions=5))
    assert "sessions 3 → 5" in said and "arm oracle added" in said
    assert folder.file.number == 1
    assert [arm.name for arm in folder.spec.extent.arms] == ["vanilla", "oracle"]


def test_a_smaller_extent_shrinks_nothing(tmp_path: Path) -> None:
    open_run(tmp_path, spec(sessions=5))
    folder, said = open_run(tmp_path, spec(sessions=2))
    assert said == "resumed"
    assert folder.spec.extent.sessions == 5


def test_another_protocol_is_refused_with_the_difference_in_words(tmp_path: Path) -> None:
    open_run(tmp_path, spec())
    with pytest.raises(WrongInput, match=r"max_turns 4 \(the run has 10\)"):
        open_run(tmp_path, spec(max_turns=4))


def test_another_person_under_the_same_name_is_refused(tmp_path: Path) -> None:
    open_run(tmp_path, spec())
    with pytest.raises(WrongInput, match="person p001"):
        RunFolder.create_or_extend(tmp_path, spec(), PEOPLE | {"p001": "cc"}, {})


def test_every_planned_session_has_a_row_played_or_not(tmp_path: Path) -> None:
    folder, _ = open_run(tmp_path, spec(("vanilla", "oracle")))
    Chain.take(tmp_path, ChainKey("oracle", "p001", 0), "me", {}).commit(made_record(0, "oracle", "p001"), {})
    write_views(folder)
    rows = json.loads((tmp_path / "results.json").read_bytes())["sessions"]
    assert len(rows) == 2 * 2 * 3
    assert [row["status"] for row in rows].count("not_played") == 11
    required = {
        "method", "arm", "person", "repeat", "session", "dataset", "problem_id", "status", "ended_by", "success",
        "enforcements", "recurring_violations", "recurring_opportunities", "first_reply_violations", "n_user_turns",
        "n_agent_turns", "user_tokens", "final_draft",
    }  # fmt: skip
    assert required <= next(row for row in rows if row["status"] == "ok").keys()
    checkpoint = json.loads((tmp_path / "checkpoint.json").read_bytes())
    assert checkpoint["sessions_per_profile"]["oracle"] == {"p000": 0, "p001": 1}


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"no run\.<n>\.json"):
        RunFolder.read(tmp_path)


def test_other_people_in_the_same_folder_are_refused(tmp_path: Path) -> None:
    """Played, paid for, and missing from every view: the order of people is part of a run."""
    open_run(tmp_path, spec())
    with pytest.raises(WrongInput, match="anna in the place of p000"):
        RunFolder.create_or_extend(tmp_path, spec(), {"anna": "cc"}, {})


def test_a_second_worker_is_told_to_wait(tmp_path: Path) -> None:
    with only_worker(tmp_path), pytest.raises(WrongInput, match="a worker at work"), only_worker(tmp_path):
        pass
    with only_worker(tmp_path):
        assert tmp_path.exists()
