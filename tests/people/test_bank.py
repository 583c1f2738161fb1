"""The bank is data that people, prompts, checkers and a scripted engine read: nothing in it may go missing unseen."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from inventory import CHECKERS_LISTED, CLASHES, DEMANDS, IDS, LISTED, PAIRS, digest, taken_from

from collab.errors import WrongInput
from collab.people.checkers import CHECKERS
from collab.people.preference_bank import load_bank
from collab.problems.problem import TAGS


@cache
def raw() -> dict[str, dict[str, Any]]:
    """The entries as they stand in the files: a loader that refuses one would hide which it is."""
    folder = resources.files("collab.people") / "bank"
    files = [yaml.safe_load(f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".yaml")]
    return {f"{d}.{v}": e for file in files for d, values in file["dimensions"].items() for v, e in values.items()}


@pytest.mark.parametrize("name", IDS)
def test_no_value_is_lost(name: str) -> None:
    entry = raw()[name]
    assert (entry["checker"], entry["condition"]) == (LISTED[name]["checker"], LISTED[name]["condition"])
    assert entry["condition"] in TAGS


@pytest.mark.parametrize("name", CHECKERS_LISTED)
def test_no_checker_is_lost(name: str) -> None:
    assert name in CHECKERS


@pytest.mark.parametrize(("name", "wanted", "text"), DEMANDS, ids=[f"{n}-{d}" for n, d, _ in DEMANDS])
def test_no_demand_is_lost(name: str, wanted: str, text: str) -> None:
    assert text in raw()[name]["demands"]
    assert digest(text) == wanted


def test_what_is_in_the_bank_is_in_the_inventory() -> None:
    assert taken_from(load_bank()) == LISTED
    assert sorted(CHECKERS_LISTED) == sorted(CHECKERS)


@pytest.mark.parametrize("name", IDS)
def test_a_value_has_five_ways_to_be_asked_for(name: str) -> None:
    demands = load_bank().values[name].demands
    assert len({d.casefold() for d in demands}) >= 5
    assert len({d.split()[0] for d in demands}) >= 4, "they all begin alike"
    for demand in demands:
        assert demand[0].isupper()
        assert demand.endswith((".", "?"))
        assert not any(c.isdigit() for c in demand)


@pytest.mark.parametrize("name", IDS)
def test_a_wording_means_one_value_alone(name: str) -> None:
    values = load_bank().values
    others = [text.casefold() for v in values.values() if v.id != name for text in (*v.demands, v.note)]
    for text in (*values[name].demands, values[name].note):
        assert [other for other in others if text.casefold() in other] == []


@pytest.mark.parametrize(("one", "other"), CLASHES)
def test_a_clash_holds_on_both_sides(one: str, other: str) -> None:
    assert other in load_bank().values[one].clashes
    assert one in load_bank().values[other].clashes


def test_most_values_go_together() -> None:
    assert len(CLASHES) < len(PAIRS) / 20


def test_every_dimension_offers_a_choice() -> None:
    dimensions = load_bank().dimensions
    assert len(dimensions) >= 10
    assert all(2 <= len(values) <= 4 for values in dimensions.values())


ENTRY = """
family: tone
dimensions:
  mood:
    glad:
      sentence: You prefer a glad reply.
      enforce_if: Enforce if it is not glad.
      condition: {condition}
      checker: {checker}
      note: Be glad.
      demands: {demands}
      {extra}
"""
GOOD = {
    "condition": "always",
    "checker": "bold",
    "demands": "[Be glad., Do be glad., Please be glad., Stay glad., 'Could you be glad?']",
    "extra": "clashes: []",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"condition": "domain:maths"}, r"tone.yaml: mood.glad.condition: found 'domain:maths'.*'domain:math'"),
        ({"checker": "bolt"}, r"mood.glad.checker: found 'bolt'.*Did you mean 'bold'"),
        ({"demands": "[Be glad.]"}, r"mood.glad: demands: found .*at least 5"),
        ({"demands": "[Be glad., Be  glad., A b., C d., E f.]"}, "the same wording twice"),
        ({"demands": "[Be glad now, A b., C d., E f., G h.]"}, r"demands\[0\].*whole sentence"),
        ({"demands": "[Be 2 glad., A b., C d., E f., G h.]"}, r"demands\[0\].*without digits"),
        ({"extra": "clashes: [mood.sad]"}, r"clashes: found 'mood.sad'"),
        ({"extra": "clash: []"}, r"clash: found an unknown field.*Did you mean 'clashes'"),
        ({"extra": "note: Be merry."}, "stands twice"),
        ({"extra": "  - broken: ["}, "a YAML file"),
    ],
)
def test_a_faulty_bank_is_refused_by_file_entry_and_field(tmp_path: Path, change: dict[str, str], words: str) -> None:
    (tmp_path / "tone.yaml").write_text(ENTRY.format(**{**GOOD, **change}))
    with pytest.raises(WrongInput, match=words):
        load_bank(tmp_path)


def test_a_bank_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "tone.yaml").write_text(ENTRY.format(**GOOD))
    assert load_bank(tmp_path).value("mood.glad").family == "tone"
    with pytest.raises(WrongInput, match=r"Did you mean 'mood.glad'"):
        load_bank(tmp_path).value("mood.gald")
    with pytest.raises(WrongInput, match="at least one"):
        load_bank(tmp_path / "..")
