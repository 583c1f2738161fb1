"""Wrong settings get one sentence, and what decides a result decides the fingerprint."""

import pytest

from collab.errors import WrongInput
from collab.spec import RunSpec, build_spec

ARMS = [{"name": "vanilla", "method": "vanilla"}]


def spec(**sections: object) -> RunSpec:
    return build_spec({"extent": {"arms": ARMS}, **sections}, "test.yaml")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"protocol": {"max_turn": 3}},
            r"test.yaml: protocol.max_turn: found an unknown field.*Did you mean 'max_turns'",
        ),
        ({"protocol": {"max_turns": 0}}, r"protocol.max_turns: found 0; expected greater than or equal to 1"),
        ({"protocol": {"in_force": 0}}, r"at least 1, or all"),
        ({"protocol": {"agent": {"sampling": {"temprature": 1}}}}, r"Did you mean 'temperature'"),
        ({"protocol": {"datasets": []}}, r"protocol.datasets"),
        ({"name": "../elsewhere"}, r"name: found '../elsewhere'"),
        ({"extent": {"arms": ARMS * 2}}, r"arm named twice: vanilla"),
        ({"extent": {"arms": [{"name": "a/b", "method": "x"}]}}, r"extent.arms\[0\].name"),
    ],
)
def test_wrong_settings_are_refused_with_key_and_mend(settings: dict[str, object], message: str) -> None:
    with pytest.raises(WrongInput, match=message):
        build_spec({"extent": {"arms": ARMS}} | settings, "test.yaml")


def test_extent_and_resources_leave_the_protocol_alone() -> None:
    base = spec().protocol_fingerprint()
    assert spec(resources={"schedule": "turn_sync", "parallel_profiles": 3}).protocol_fingerprint() == base
    assert spec(extent={"arms": ARMS, "people": 200, "sessions": 15}).protocol_fingerprint() == base


@pytest.mark.parametrize(
    "protocol",
    [
        {"seed": 1},
        {"max_turns": 9},
        {"in_force": 2},
        {"datasets": ["collab-math", "other"]},
        {"user": {"names_per_message": "all"}},
        {"agent": {"sampling": {"temperature": 0.8}}},
        {"agent": {"system_prompt": "Be brief."}},
        {"agent": {"identity": "sha256:1"}},
        {"tokenizer": "words"},
        {"versions": {"bank": "1"}},
    ],
)
def test_whatever_decides_a_result_changes_the_fingerprint(protocol: dict[str, object]) -> None:
    assert spec(protocol=protocol).protocol_fingerprint() != spec().protocol_fingerprint()
