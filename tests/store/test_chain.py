"""What is lost or doubled when a worker dies, is late, or is doubted."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collab.errors import WrongInput
from collab.store.chain import Chain, ChainKey, TakenOver, read_records
from collab.store.epochs import parse_epoch
from collab.store.lines import framed
from collab.store.state import refuse_unwritable
from tests.conftest import made_record

KEY = ChainKey("vanilla", "p000", 0)


def take(folder: Path, owner: str = "node-1") -> Chain:
    return Chain.take(folder, KEY, owner, {"protocol": "x"})


def test_a_session_that_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    first = take(tmp_path)
    first.commit(made_record(0), {"cards": ["a"]})
    first.commit(made_record(1), {"cards": ["a", "b"]})
    again = take(tmp_path, "node-2")
    assert [record.session for record in again.records] == [0, 1]
    assert again.state == {"cards": ["a", "b"]}


def test_a_late_owner_cannot_add_a_session(tmp_path: Path) -> None:
    old = take(tmp_path)
    old.commit(made_record(0), {})
    new = take(tmp_path, "node-2")
    with pytest.raises(TakenOver):
        old.commit(made_record(1, problem_id="late"), {})
    new.commit(made_record(1, problem_id="in time"), {})
    assert [record.problem_id for record in read_records(tmp_path, KEY)] == ["made-0", "in time"]


def test_a_line_that_a_late_owner_appends_anyway_is_void(tmp_path: Path) -> None:
    old = take(tmp_path)
    old.commit(made_record(0), {})
    new = take(tmp_path, "node-2")
    late = framed({"kind": "session", **made_record(1, problem_id="late").model_dump(mode="json")})
    with (tmp_path / "chains/vanilla/p000.r0.0.jsonl").open("ab") as file:
        file.write(late)
    new.commit(made_record(1, problem_id="in time"), {})
    assert [record.problem_id for record in read_records(tmp_path, KEY)] == ["made-0", "in time"]


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_torn_last_line_is_not_a_session(tmp_path: Path, cut: int) -> None:
    chain = take(tmp_path)
    chain.commit(made_record(0), {"n": 0})
    chain.commit(made_record(1), {"n": 1})
    file = tmp_path / "chains/vanilla/p000.r0.0.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    again = take(tmp_path, "node-2")
    assert [record.session for record in again.records] == [0]
    assert again.state == {"n": 0}
    again.commit(made_record(1, problem_id="again"), {"n": 2})
    assert [record.problem_id for record in take(tmp_path).records] == ["made-0", "again"]


def test_a_changed_byte_in_the_last_line_is_a_torn_end_and_is_counted(tmp_path: Path) -> None:
    chain = take(tmp_path)
    chain.commit(made_record(0), {})
    file = tmp_path / "chains/vanilla/p000.r0.0.jsonl"
    file.write_bytes(file.read_bytes().replace(b"made-0", b"made-9"))
    assert read_records(tmp_path, KEY) == []
    assert parse_epoch(0, file.read_bytes()).torn_bytes > 0
    assert take(tmp_path, "node-2").torn_bytes > 0


def test_damage_before_whole_lines_is_refused_and_not_played_again(tmp_path: Path) -> None:
    chain = take(tmp_path)
    for session in range(3):
        chain.commit(made_record(session), {})
    file = tmp_path / "chains/vanilla/p000.r0.0.jsonl"
    file.write_bytes(file.read_bytes().replace(b"made-0", b"made-9"))
    with pytest.raises(WrongInput, match="a damaged line at byte"):
        read_records(tmp_path, KEY)


def test_an_older_epoch_that_lost_lines_is_refused_and_shifts_nothing(tmp_path: Path) -> None:
    old = take(tmp_path)
    for session in range(3):
        old.commit(made_record(session), {})
    take(tmp_path, "node-2").commit(made_record(3), {})
    file = tmp_path / "chains/vanilla/p000.r0.0.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(WrongInput, match="2 whole lines in epoch 0 where a later one built on 3"):
        take(tmp_path, "node-3")
    assert not (tmp_path / "chains/vanilla/p000.r0.2.jsonl").exists(), "a refused start took the chain"
    file.unlink()
    with pytest.raises(WrongInput, match="0 earlier epochs where epoch 1 built on 1"):
        read_records(tmp_path, KEY)


def test_a_missing_state_is_refused_without_taking_the_chain(tmp_path: Path) -> None:
    take(tmp_path).commit(made_record(0), {"n": 0})
    (tmp_path / "chains/vanilla/p000.r0.0.state.jsonl").unlink()
    with pytest.raises(WrongInput, match="no state after session 0"):
        take(tmp_path, "node-2")
    assert not (tmp_path / "chains/vanilla/p000.r0.1.jsonl").exists()


def test_damaged_rows_of_an_array_are_refused(tmp_path: Path) -> None:
    take(tmp_path).commit(made_record(0), {"z": np.arange(4.0)})
    rows = tmp_path / "chains/vanilla/p000.r0.0.state.z.rows"
    rows.write_bytes(rows.read_bytes()[:-8])
    with pytest.raises(WrongInput, match="damaged rows"):
        take(tmp_path, "node-2")


@pytest.mark.parametrize(
    "state",
    [
        {"a": object()},
        {"a": float("nan")},
        {"a": (1, 2)},
        {"a": {1: 2}},
        {"a": np.array([object()])},
        {"a": np.zeros(2, dtype=[("x", "f4")])},
        {"a/b": np.zeros(2)},
        {"a": {"nested": np.zeros(2)}},
        ["no dict"],
    ],
)
def test_a_state_that_would_not_come_back_as_it_was_is_refused(state: Any) -> None:
    with pytest.raises(TypeError):
        refuse_unwritable(state)


def test_a_state_written_without_its_line_does_not_count(tmp_path: Path) -> None:
    chain = take(tmp_path)
    chain.commit(made_record(0), {"n": 0})
    chain._log.write(1, {"n": 1})
    again = take(tmp_path, "node-2")
    assert len(again.records) == 1
    assert again.state == {"n": 0}


def test_two_owners_never_share_an_epoch(tmp_path: Path) -> None:
    assert take(tmp_path)._epoch == 0
    assert take(tmp_path)._epoch == 1
    assert len(list((tmp_path / "chains/vanilla").glob("*.jsonl"))) == 2


def test_arrays_of_a_state_come_back_bit_for_bit_and_grow_by_their_new_rows(tmp_path: Path) -> None:
    chain = take(tmp_path)
    rows = np.random.default_rng(3).normal(size=(5, 4)).astype("float32")
    chain.commit(made_record(0), {"vectors": rows[:2]})
    chain.commit(made_record(1), {"vectors": rows, "name": "b"})
    state = take(tmp_path, "node-2").state
    assert state is not None
    assert np.array_equal(state["vectors"], rows)
    assert state["vectors"].dtype == rows.dtype
    assert (tmp_path / "chains/vanilla/p000.r0.0.state.vectors.rows").stat().st_size == rows.nbytes


def test_an_array_that_changed_in_the_middle_is_written_anew(tmp_path: Path) -> None:
    chain = take(tmp_path)
    chain.commit(made_record(0), {"z": np.array([1.0, 2.0])})
    chain.commit(made_record(1), {"z": np.array([1.0, 3.0])})
    state = take(tmp_path, "node-2").state
    assert state is not None
    assert state["z"].tolist() == [1.0, 3.0]
