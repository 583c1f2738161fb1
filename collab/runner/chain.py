"""One chain, from where it stands to where it should: session after session, each committed before the next."""

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass

from collab.adapter import Adapter, State
from collab.people.person import Person
from collab.records import SessionRecord, Status
from collab.runner.methods import Factory
from collab.session.gate import Gate
from collab.session.session import World, play_session
from collab.spec import ArmSpec
from collab.store.chain import Chain


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
        if record.status is Status.OK:
            state = _snapshot(method)
        else:
            method = _restored(plan, state)
        await asyncio.to_thread(chain.commit, record, state)
        on_commit(record)


def _restored(plan: ChainPlan, state: State | None) -> Adapter:
    method = plan.make()
    if state is not None:
        method.import_state(copy.deepcopy(state))
    return method


def _snapshot(method: Adapter) -> State:
    """A copy: the method goes on changing its own objects while this one is written, and may be rolled back to it."""
    return copy.deepcopy(method.export_state())
