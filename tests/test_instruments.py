"""No instrument changes by accident: old runs would be extended by sessions that were judged otherwise."""

import json

import pytest

from tests.instruments import RECORD, hashes

DECIDE = (
    "its code changed. If a verdict, a draw or a prompt can come out differently now, raise its version (INSTRUMENTS "
    "in collab/runner/versions.py, or `version` of the method's class). Then run: python -m tests.instruments"
)


@pytest.mark.parametrize("name", hashes())
def test_a_changed_instrument_was_decided_on(name: str) -> None:
    assert json.loads(RECORD.read_text()).get(name) == hashes()[name], DECIDE
