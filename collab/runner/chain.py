"""One chain, from where it stands to where it should: session after session, each committed before the next."""

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass

from collab.adapter import Adapter
from collab.errors import WrongInput
from collab.people.person import Person
from collab.records import Failure, SessionRecord, Status
from collab.runner.methods import Factory
from collab.session.gate import Gate
from collab.session.session import REMEMBERED, World, play_session
from collab.spec import ArmSpec
from collab.store.chain import Chain
from collab.store.state import State, refuse_unwritable


@dataclass(frozen=True)
class ChainPlan:
    """What a chain needs beside its files."""

    arm: ArmSpec
    make: Factory
    person: Person
    repeat: int
    sessions: int


async def play_chain(
    world: World, plan: ChainPlan, chain: Chain, gate: Gate, on_commit: Callable[[SessionRecord], None]
) -> None:
    """Play and commit what is missing. A failed session commits the state of the one before, and the chain goes on."""
    method = _restored(plan, chain.state)
    state = chain.state if chain.state is not None else _snapshot(method)
    for _ in range(len(chain.records), plan.sessions):
        record = await play_session(world, plan.arm, plan.person, plan.repeat, chain.records, method, gate)
        if record.status in REMEMBERED:
            try:
                state = _snapshot(method)
            except Exception as error:
                record = _failed_to_export(record, error)
        if record.status not in REMEMBERED:
            method = _restored(plan, state)
        await asyncio.to_thread(chain.commit, record, state)
        on_commit(record)


def _restored(plan: ChainPlan, state: State | None) -> Adapter:
    method = plan.make()
    if state is not None:
        try:
            method.import_state(copy.deepcopy(state))
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
            mend = f"Nothing is lost; `collab check {plan.arm.method}` tells more."
            raise WrongInput(
                f"arm {plan.arm.name}: import_state", found, "the state it exported itself", mend
            ) from error
    return method


def _snapshot(method: Adapter) -> State:
    """A copy: the method goes on changing its own objects while this one is written, and may be rolled back to it."""
    state = copy.deepcopy(method.export_state())
    refuse_unwritable(state)
    return state


def _failed_to_export(record: SessionRecord, error: Exception) -> SessionRecord:
    failure = Failure(role="memory", kind=type(error).__name__, message=f"export_state: {error}"[:500])
    return record.model_copy(update={"status": Status.MEMORY_FAILED, "failure": failure})
