"""A planned session, played: who meets whom over what, the conversation, the grade, the record."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collab.adapter import Adapter, PastSession, SessionView
from collab.errors import SessionFailed
from collab.inference.requests import ChatMessage
from collab.inference.tokens import TokenCounter
from collab.people.in_force import in_force
from collab.people.person import Person
from collab.people.preference_bank import Bank, Value
from collab.problems.datasets import draw
from collab.problems.grading import GradingWorker
from collab.problems.problem import Problem
from collab.records import Ending, Failure, SessionRecord, Status, Turn, UserTurn
from collab.session import metrics
from collab.session.calls import MethodTools, Served, SessionCalls
from collab.session.conversation import Transcript, converse, hook
from collab.session.gate import Gate
from collab.spec import ArmSpec, Protocol
from collab.users.cast import cast

REMEMBERED = (Status.OK, Status.GRADER_FAILED)
"""Sessions that were talked through to the end: they are history, and their memory stays."""

_BLAME = {
    "user": Status.USER_FAILED,
    "agent": Status.AGENT_FAILED,
    "memory": Status.MEMORY_FAILED,
    "grader": Status.GRADER_FAILED,
}


@dataclass(frozen=True)
class World:
    """What all sessions of a run share."""

    protocol: Protocol
    bank: Bank
    roles: Mapping[str, Served]
    tokens: TokenCounter
    grader: GradingWorker
    data_dir: Path | None = None
    before_call: Callable[[], None] = lambda: None
    on_turn: Callable[[str, str, int, Turn], None] = lambda arm, person, session, turn: None

    def problem(self, person: Person, session: int) -> Problem:
        """The same in every arm, repeat and schedule."""
        return draw(self.protocol.datasets, person.id, session, self.protocol.seed, self.data_dir)

    def preferences(self, person: Person, session: int, problem: Problem) -> tuple[Value, ...]:
        """The preferences in force, by priority; the same in every arm, repeat and schedule."""
        most = max(1, self.protocol.max_turns - 2)
        return in_force(person, session, problem.tags, self.bank, self.protocol.in_force, most, self.protocol.seed)


async def play_session(
    world: World,
    arm: ArmSpec,
    person: Person,
    repeat: int,
    past: Sequence[SessionRecord],
    method: Adapter,
    gate: Gate,
) -> SessionRecord:
    """Play the session after `past`. Always returns a record: what cannot be finished becomes a failed row."""
    began, clock = datetime.now(UTC), time.monotonic()
    session = len(past)
    protocol = world.protocol
    problem = world.problem(person, session)
    preferences = world.preferences(person, session, problem)
    seeds = (protocol.seed, protocol.seed + arm.seed_offset)
    calls = SessionCalls((arm.name, person.id, repeat, session), seeds, world.roles, world.before_call, gate.leave)
    user = cast(person, preferences, problem, protocol.user, calls.user_rng)
    view = SessionView(
        person=person.id,
        session=session,
        max_turns=protocol.max_turns,
        system_prompt=protocol.agent.system_prompt,
        prompt_budget=protocol.agent.context_tokens - protocol.agent.sampling.max_tokens,
        reply_tokens=protocol.agent.sampling.max_tokens,
        history=_history(past),
        tools=MethodTools(calls, world.tokens, gate.leave),
        preferences=preferences if method.needs_profile else None,
    )
    transcript = Transcript(lambda turn: world.on_turn(arm.name, person.id, session, turn))
    turns: Sequence[Turn] = transcript.turns
    outcome: dict[str, Any] = {"status": Status.OK}
    try:
        outcome["ended_by"] = await converse(user, method, calls, protocol.agent.sampling, view, gate, transcript)
        gate.leave()
        await hook(method, "end_session", view)
        calls.raise_what_a_method_hid()
        turns = [await _with_tokens(turn, world.tokens) for turn in transcript.turns]
        outcome |= await _graded(world.grader, problem, turns)
    except SessionFailed as failed:
        gate.leave()
        outcome |= _failed(failed)
    return SessionRecord(
        arm=arm.name,
        method=arm.method,
        person=person.id,
        repeat=repeat,
        session=session,
        dataset=problem.dataset,
        problem_id=problem.id,
        in_force=tuple(value.id for value in preferences),
        **outcome,
        **measured(turns, [value.id for value in preferences], past, problem),
        memory=view.take_recorded(),
        turns=tuple(turns),
        cost=calls.costs,
        started=began.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - clock, 3),
    )


def measured(
    transcript: Sequence[Turn], in_force_now: Sequence[str], past: Sequence[SessionRecord], problem: Problem
) -> dict[str, Any]:
    """All metrics of one session. What was in force in a failed session counts as met before: it was the person's."""
    met_before = frozenset(value for record in past for value in record.in_force)
    return {
        **metrics.effort(transcript),
        **metrics.preferences(transcript, in_force_now, met_before),
        **metrics.agent_flags(transcript),
        **metrics.simulator_flags(transcript, problem.question, problem.gold),
    }


def _history(past: Sequence[SessionRecord]) -> tuple[PastSession, ...]:
    return tuple(
        PastSession(
            record.session,
            tuple(
                ChatMessage("user" if isinstance(turn, UserTurn) else "assistant", turn.message)
                for turn in record.turns
            ),
        )
        for record in past
        if record.status in REMEMBERED
    )


async def _with_tokens(turn: Turn, tokens: TokenCounter) -> Turn:
    if isinstance(turn, UserTurn):
        return turn.model_copy(update={"tokens": await tokens.count(turn.message)})
    return turn


async def _graded(grader: GradingWorker, problem: Problem, transcript: Sequence[Turn]) -> dict[str, Any]:
    draft = metrics.user_turns(transcript)[-1].draft
    grade = await grader.grade(problem, draft)
    status = Status.OK if grade.success is not None else Status.GRADER_FAILED
    return {
        "status": status,
        "final_draft": draft,
        "success": grade.success,
        "grader": grade.grader,
        "grade_detail": grade.detail,
    }


def _failed(failed: SessionFailed) -> dict[str, Any]:
    failure = Failure(role=failed.role, kind=type(failed.cause).__name__, message=str(failed.cause)[:500])
    status = _BLAME.get(failed.role, Status.MEMORY_FAILED)
    return {"status": status, "failure": failure, "ended_by": Ending.ERROR}
