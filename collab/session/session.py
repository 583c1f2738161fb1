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
from collab.refusals import raised_at
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
class Meeting:
    """Who meets whom over what. `preferences`: those in force, by priority."""

    arm: ArmSpec
    person: Person
    repeat: int
    session: int
    problem: Problem
    preferences: tuple[Value, ...]

    @property
    def name(self) -> tuple[str, str, int, int]:
        return self.arm.name, self.person.id, self.repeat, self.session


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

    def meeting(self, arm: ArmSpec, person: Person, repeat: int, session: int) -> Meeting:
        """Problem and preferences depend on (seed, person, session) alone: the same in every arm and repeat."""
        protocol = self.protocol
        problem = draw(protocol.datasets, person.id, session, protocol.seed, self.data_dir)
        most = max(1, protocol.max_turns - 2)
        preferences = in_force(person, session, problem.tags, self.bank, protocol.in_force, most, protocol.seed)
        return Meeting(arm, person, repeat, session, problem, preferences)


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
    protocol = world.protocol
    meeting = world.meeting(arm, person, repeat, len(past))
    seeds = (protocol.seed, protocol.seed + arm.seed_offset)
    calls = SessionCalls(meeting.name, seeds, world.roles, world.before_call, gate.leave)
    user = cast(person, meeting.preferences, meeting.problem, protocol.user, calls.user_rng)
    view = _view(world, meeting, past, method, MethodTools(calls, world.tokens, gate.leave))
    transcript = Transcript(lambda turn: world.on_turn(arm.name, person.id, meeting.session, turn))
    turns: Sequence[Turn] = transcript.turns
    outcome: dict[str, Any] = {"status": Status.OK}
    try:
        outcome["ended_by"] = await converse(user, method, calls, protocol.agent.sampling, view, gate, transcript)
        gate.leave()
        await hook(method, "end_session", view)
        calls.raise_what_a_method_hid()
        turns = [await _with_tokens(turn, world.tokens) for turn in transcript.turns]
        outcome |= await _graded(world.grader, meeting.problem, turns)
    except SessionFailed as failed:
        gate.leave()
        outcome |= _failed(failed)
    return SessionRecord(
        **_identity(meeting),
        **outcome,
        **measured(turns, meeting, past),
        memory=view.take_recorded(),
        turns=tuple(turns),
        cost=calls.costs,
        started=began.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - clock, 3),
    )


def _view(
    world: World, meeting: Meeting, past: Sequence[SessionRecord], method: Adapter, tools: MethodTools
) -> SessionView:
    agent = world.protocol.agent
    return SessionView(
        person=meeting.person.id,
        session=meeting.session,
        max_turns=world.protocol.max_turns,
        system_prompt=agent.system_prompt,
        prompt_budget=agent.context_tokens - agent.sampling.max_tokens,
        reply_tokens=agent.sampling.max_tokens,
        history=_history(past),
        tools=tools,
        preferences=meeting.preferences if method.needs_profile else None,
    )


def _identity(meeting: Meeting) -> dict[str, Any]:
    return {
        "arm": meeting.arm.name,
        "method": meeting.arm.method,
        "person": meeting.person.id,
        "repeat": meeting.repeat,
        "session": meeting.session,
        "dataset": meeting.problem.dataset,
        "problem_id": meeting.problem.id,
        "in_force": tuple(value.id for value in meeting.preferences),
    }


def measured(turns: Sequence[Turn], meeting: Meeting, past: Sequence[SessionRecord]) -> dict[str, Any]:
    """All metrics of one session. What was in force in a failed session counts as met before: it was the person's."""
    met_before = frozenset(value for record in past for value in record.in_force)
    return {
        **metrics.effort(turns),
        **metrics.preferences(turns, [value.id for value in meeting.preferences], met_before),
        **metrics.agent_flags(turns),
        **metrics.simulator_flags(turns, meeting.problem.question, meeting.problem.gold),
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
    where = raised_at(failed.cause) if failed.role == "memory" else ""
    failure = Failure(role=failed.role, kind=type(failed.cause).__name__, message=f"{failed.cause}{where}"[:500])
    status = _BLAME.get(failed.role, Status.MEMORY_FAILED)
    return {"status": status, "failure": failure, "ended_by": Ending.ERROR}
