"""A method's mistakes cost its own session and nothing else."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collab.adapter import Adapter, Prompt, SessionView, State
from collab.errors import Drained, SessionFailed
from collab.inference.requests import ChatMessage, Completion, Usage
from collab.people.preference_bank import load_bank
from collab.people.profiles import load_people
from collab.problems.grading import Grade
from collab.records import SessionRecord, Status
from collab.runner.chain import ChainPlan, play_chain
from collab.runner.drain import Drain
from collab.session.calls import Served
from collab.session.gate import OpenGate
from collab.session.session import World
from collab.spec import ArmSpec, Protocol, Sampling
from collab.store.chain import Chain, ChainKey

PERSON = load_people("generated:1")[0]


class Echo:
    """An endpoint that always says the same, without a server."""

    async def chat(self, request: Any, affinity: str, on_wait: Any) -> Completion:
        return Completion(("The answer is 17.",) * request.n, ("stop",), "echo", Usage(1, 0, 1))


class Words:
    async def count(self, text: str) -> int:
        return len(text.split())


class Grader:
    async def grade(self, problem: Any, draft: str | None) -> Grade:
        return Grade(True, "math", "")


class Counting(Adapter):
    """Counts its sessions, and fails in the hook and session it is told."""

    hook, at = "", 1

    def __init__(self) -> None:
        self.count = 0

    def _maybe(self, name: str, view: SessionView) -> None:
        if (name, view.session) == (type(self).hook, type(self).at):
            self.count = 100
            raise RuntimeError(f"{name} broke")

    async def start_session(self, view: SessionView) -> None:
        self._maybe("start_session", view)

    async def observe_user(self, view: SessionView, message: str) -> None:
        self._maybe("observe_user", view)

    async def prepare_prompt(self, view: SessionView) -> Prompt:
        self._maybe("prepare_prompt", view)
        return Prompt(view.messages)

    async def process_response(self, view: SessionView, completions: tuple[str, ...]) -> str:
        self._maybe("process_response", view)
        return completions[0]

    async def end_session(self, view: SessionView) -> None:
        self._maybe("end_session", view)
        self.count += 1

    def export_state(self) -> State:
        return {"count": self.count}

    def import_state(self, state: State) -> None:
        self.count = state["count"]


async def exits(self: Adapter, view: SessionView) -> None:
    sys.exit(3)


async def cancels(self: Adapter, view: SessionView) -> None:
    raise asyncio.CancelledError


def made_world(**more: Any) -> World:
    served = Served(Echo(), "echo")  # type: ignore[arg-type]
    return World(
        protocol=Protocol(max_turns=3),
        bank=load_bank(),
        roles={"agent": served, "memory": served},
        tokens=Words(),  # type: ignore[arg-type]
        grader=Grader(),  # type: ignore[arg-type]
        **more,
    )


def play(folder: Path, method: type[Adapter], sessions: int = 3) -> Chain:
    async def scenario() -> Chain:
        world = made_world()
        plan = ChainPlan(ArmSpec(name="m", method="m"), method, PERSON, 0, sessions)
        chain = Chain.take(folder, ChainKey("m", PERSON.id, 0), "me", {})
        await play_chain(world, plan, chain, OpenGate(), lambda record: None)
        return chain

    return asyncio.run(scenario())


@pytest.mark.parametrize("hook", ["start_session", "observe_user", "prepare_prompt", "process_response", "end_session"])
def test_a_hook_that_raises_fails_its_session_and_the_state_is_rolled_back(hook: str, tmp_path: Path) -> None:
    failing = type("Failing", (Counting,), {"hook": hook})
    chain = play(tmp_path, failing)
    assert [record.status for record in chain.records] == [Status.OK, Status.MEMORY_FAILED, Status.OK]
    assert chain.records[1].failure is not None and f"{hook} broke" in chain.records[1].failure.message
    assert chain.state == {"count": 2}


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("prepare_prompt", lambda self, view: list(view.messages)),
        ("process_response", lambda self, view, completions: None),
        ("export_state", lambda self: {"thing": object()}),
        ("export_state", lambda self: {"array": np.array([object()])}),
        ("export_state", lambda self: ["not a dict"]),
        ("start_session", lambda self, view: sys.exit(3)),
        ("start_session", cancels),
        ("start_session", exits),
        ("start_session", lambda self, view: view.record(thing=object())),
    ],
)
def test_a_wrong_type_fails_the_session_and_not_the_run(name: str, method: Any, tmp_path: Path) -> None:
    if name == "export_state":
        calls = iter(range(100))
        wrong = {name: lambda self: {} if next(calls) == 0 else method(self), "import_state": lambda self, state: None}
    else:
        wrong = {name: method}
    chain = play(tmp_path, type("Wrong", (Adapter,), wrong), sessions=2)
    assert [record.status for record in chain.records] == [Status.MEMORY_FAILED] * 2


def test_a_failed_session_is_no_history() -> None:
    """What was said in it was never finished: contextual must not show it."""
    from collab.session.session import _history
    from tests.conftest import made_record

    failed = made_record(0, status=Status.AGENT_FAILED)
    assert _history([failed]) == ()
    assert len(_history([failed, made_record(1)])) == 1


def test_a_step_used_twice_is_refused(tmp_path: Path) -> None:
    class Twice(Adapter):
        async def prepare_prompt(self, view: SessionView) -> Prompt:
            for _ in range(2):
                await view.chat([ChatMessage("user", "note?")], step="note", sampling=Sampling())
            return Prompt(view.messages)

    record: SessionRecord = play(tmp_path, Twice, sessions=1).records[0]
    assert record.status is Status.MEMORY_FAILED
    assert record.failure is not None and "made twice" in record.failure.message
    assert issubclass(SessionFailed, Exception)


def test_a_drain_that_a_method_hides_commits_nothing(tmp_path: Path) -> None:
    """The fallback of a call that was not allowed any more is no memory of this session."""

    class Hides(Adapter):
        async def end_session(self, view: SessionView) -> None:
            try:
                await view.chat([ChatMessage("user", "note?")], step="note")
            except Exception:
                return

    drain = Drain()

    async def scenario() -> Chain:
        world = made_world(
            before_call=drain.check,
            on_turn=lambda arm, person, session, turn: drain.begin("stop") if turn.turn == 3 else None,
        )
        plan = ChainPlan(ArmSpec(name="m", method="m"), Hides, PERSON, 0, 1)
        chain = Chain.take(tmp_path, ChainKey("m", PERSON.id, 0), "me", {})
        with pytest.raises(Drained):
            await play_chain(world, plan, chain, OpenGate(), lambda record: None)
        return chain

    assert asyncio.run(scenario()).records == []
