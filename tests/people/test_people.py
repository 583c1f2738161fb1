"""Persons must differ, must not depend on how many there are, and must be refused when they cannot be satisfied."""

from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from statistics import mean
from typing import Any

import orjson
import pytest

from collab.errors import WrongInput
from collab.people.person import Person
from collab.people.preference_bank import load_bank
from collab.people.profiles import load_people

EASY = ("length.one_sentence", "steps.numbered", "code.code_block", "language.spanish", "language.french")


@cache
def people() -> tuple[Person, ...]:
    return load_people("generated:200")


def entry(name: str = "anna", **changes: Any) -> dict[str, Any]:
    person: dict[str, Any] = {
        "id": name,
        "persona": "A baker.",
        "temperament": {"patience": 3, "let_go": 0.0, "typos": 0.0, "talkative": False},
        "preferences": [{"value": "emphasis.bold", "salience": 1.0}, {"value": "summary.tldr", "salience": 0.5}],
    }
    return person | changes


def held(*values: str) -> list[dict[str, Any]]:
    return [{"value": v, "salience": 1.0} for v in values]


def written(folder: Path, *people: dict[str, Any]) -> str:
    path = folder / "people.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, people)) + b"\n")
    return str(path)


def test_a_person_is_the_same_in_a_small_and_a_large_run() -> None:
    assert load_people("generated:3") == load_people("generated:50")[:3] == people()[:3]
    assert load_people("generated:3", EASY) == load_people("generated:50", EASY)[:3]
    assert load_people("generated:3", EASY[::-1]) == load_people("generated:3", EASY)


def test_people_differ() -> None:
    sets = [frozenset(p.value for p in person.preferences) for person in people()]
    assert len(set(sets)) == 200
    assert mean(len(a & b) / len(a | b) for a, b in combinations(sets, 2)) <= 0.45
    assert len({p.persona for p in people()}) > 150
    assert len({p.temperament.model_dump_json() for p in people()}) > 15


def test_no_value_is_everybodys() -> None:
    held_by = Counter(p.value for person in people() for p in person.preferences)
    for values in load_bank().dimensions.values():
        counts = [held_by[v.id] for v in values]
        assert min(counts) > 0
        assert max(counts) / sum(counts) <= 0.65


@pytest.mark.parametrize("i", range(200))
def test_a_generated_person_is_well_formed(i: int) -> None:
    person = people()[i]
    assert person.id == f"p{i:03d}"
    values = [load_bank().values[p.value] for p in person.preferences]
    saliences = [p.salience for p in person.preferences]
    assert 4 <= len(values) <= 8
    assert len({v.dimension for v in values}) == len(values)
    assert 1 <= saliences.count(1.0) <= 2
    assert saliences == sorted(saliences, reverse=True)
    assert person.persona.count(".") >= 3
    assert not any(c.isdigit() for c in person.persona)


def test_allowed_values_are_the_only_ones_drawn() -> None:
    people = load_people("generated:40", EASY)
    drawn = {p.value for person in people for p in person.preferences}
    assert drawn == set(EASY)
    for person in people:
        assert person.preferences


def test_a_file_of_people_is_read_and_kept_to_the_allowed_values(tmp_path: Path) -> None:
    source = written(tmp_path, entry("anna"), entry("ben"))
    assert [p.id for p in load_people(source)] == ["anna", "ben"]
    (kept,) = load_people(source, ("summary.tldr",))[0].preferences
    assert kept.value == "summary.tldr"
    listed = tmp_path / "people.json"
    listed.write_bytes(orjson.dumps([entry("anna"), entry("ben")]))
    assert load_people(str(listed)) == load_people(source)
    with pytest.raises(WrongInput, match="none that is allowed"):
        load_people(source, ("emoji.at_end",))


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([entry(preferences=held("emphasis.bolt"))], r"people.jsonl:1: preferences\[0\].value.*'emphasis.bold'"),
        ([entry(), entry("ANNA")], r"people.jsonl:2: id: found 'ANNA'"),
        (
            [entry(), entry("ben", personna="x")],
            r"personna: found an unknown field.*Did you mean 'persona'",
        ),
        ([entry(id="a/b")], r"people.jsonl:1: id: found 'a/b'"),
        ([entry(preferences=[{"value": "emphasis.bold", "salience": 2}])], r"preferences\[0\].salience: found 2"),
        ([entry(preferences=[{"value": "emphasis.bold", "saliense": 1}])], r"Did you mean 'salience'"),
        ([entry(preferences=held("emphasis.bold", "emphasis.italic"))], r"preferences\[1\].value.*no second value"),
        ([entry(preferences=held("length.one_sentence", "steps.numbered"))], r"clashes with length.one_sentence"),
        ([entry(temperament={"patience": 0, "let_go": 0, "typos": 0, "talkative": True})], r"temperament.patience"),
    ],
)
def test_a_faulty_profile_is_refused_by_line_and_field(
    tmp_path: Path, people: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(WrongInput, match=words):
        load_people(written(tmp_path, *people))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("p.jsonl", b'{"id": "an', r"p.jsonl:1: .*torn"),
        ("p.jsonl", b"\n\n[1, 2", r"p.jsonl:3: "),
        ("p.jsonl", orjson.dumps(entry()).replace(b"0.5", b"NaN"), r"p.jsonl:1: .*NaN"),
        ("p.jsonl", b'"anna"\n', r"p.jsonl:1: found 'anna'"),
        ("p.jsonl", b"", "no people"),
        ("p.jsonl", b"\xff\xfe{}", r"p.jsonl:1: "),
        ("p.json", b"{}", "a list of Person"),
        ("p.json", b"[]", "no people"),
        ("p.json", b"[3]", r"p.json: entry 0"),
        ("p.csv", b"", "ends in .jsonl or .json"),
    ],
)
def test_a_broken_file_is_refused_in_words(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongInput, match=words):
        load_people(str(tmp_path / name))


@pytest.mark.parametrize("source", ["generated:0", "generated:-1", "generated:many", "generated:", "generated:²"])
def test_a_count_that_is_none_is_refused(source: str) -> None:
    with pytest.raises(WrongInput, match="generated:N"):
        load_people(source)


def test_a_missing_file_and_unknown_values_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="a file that can be read"):
        load_people(str(tmp_path / "nobody.jsonl"))
    with pytest.raises(WrongInput, match=r"Did you mean 'steps.numbered'"):
        load_people("generated:2", ("steps.numberd",))
    with pytest.raises(WrongInput, match="no values"):
        load_people("generated:2", ())
