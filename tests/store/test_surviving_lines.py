"""The pure decision of what counts, for files that nobody would write by hand."""

from hypothesis import given
from hypothesis import strategies as st

from collab.store.epochs import header, next_counts, parse_epoch, surviving_lines
from collab.store.lines import framed, unframed, whole_lines


def epoch_bytes(number: int, counts: list[int], sessions: list[int]) -> bytes:
    lines = [framed(header(number, f"node-{number}", counts, {}))]
    lines += [framed({"kind": "session", "session": session, "epoch": number}) for session in sessions]
    return b"".join(lines)


@given(lines=st.integers(0, 5), cut=st.integers(0, 400))
def test_any_torn_end_keeps_exactly_the_whole_lines_before_it(lines: int, cut: int) -> None:
    head = len(epoch_bytes(0, [], []))
    content = epoch_bytes(0, [], list(range(lines)))
    torn = content[: max(head, len(content) - cut)]
    kept = surviving_lines([parse_epoch(0, torn)])
    whole = torn.count(b"\n") - 1
    assert [line.value["session"] for line in kept] == list(range(whole))


@given(st.binary(max_size=200))
def test_no_garbage_is_ever_taken_for_a_line(garbage: bytes) -> None:
    framed_lines = [framed({"a": 1})]
    content = b"".join(framed_lines) + garbage
    values = [value for _, value in whole_lines(content)]
    assert values[0] == {"a": 1}
    assert all(framed(value) in content for value in values)


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_a_framed_line_gives_back_its_value(value: dict[str, str]) -> None:
    assert unframed(framed(value)[:-1]) == value


def test_the_header_of_the_newest_epoch_decides_how_much_of_the_older_ones_counts() -> None:
    epochs = [
        parse_epoch(0, epoch_bytes(0, [], [0, 1, 2])),
        parse_epoch(1, epoch_bytes(1, [2], [2, 3])),
        parse_epoch(2, epoch_bytes(2, [2, 1], [3])),
    ]
    kept = [(line.epoch, line.value["session"]) for line in surviving_lines(epochs)]
    assert kept == [(0, 0), (0, 1), (1, 2), (2, 3)]
    assert next_counts(epochs) == [2, 1, 1]
