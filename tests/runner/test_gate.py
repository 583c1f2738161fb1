"""Waves: who waits for whom, and who is never waited for."""

import asyncio

from collab.runner.gate import Cohort, WaveGate, gates
from collab.spec import EndpointSpec, Resources


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_an_agent_wave_opens_when_every_chain_inside_has_its_user_turn() -> None:
    async def scenario() -> list[str]:
        cohort, heard = Cohort(), []
        gates = [WaveGate(cohort) for _ in range(2)]

        async def chain(index: int, thinks: asyncio.Event) -> None:
            async with gates[index].user_wave():
                heard.append(f"user {index}")
            await thinks.wait()
            async with gates[index].agent_wave():
                heard.append(f"agent {index}")

        thinks = [asyncio.Event(), asyncio.Event()]
        first = asyncio.create_task(chain(0, thinks[0]))
        second = asyncio.create_task(chain(1, thinks[1]))
        await settle()
        thinks[0].set()
        await settle()
        assert sorted(heard) == ["user 0", "user 1"]
        thinks[1].set()
        await asyncio.gather(first, second)
        return heard

    heard = asyncio.run(asyncio.wait_for(scenario(), 5))
    assert sorted(heard) == ["agent 0", "agent 1", "user 0", "user 1"]


def test_a_chain_that_left_the_wave_holds_nobody_up() -> None:
    async def scenario() -> None:
        cohort = Cohort()
        stays, leaves = WaveGate(cohort), WaveGate(cohort)
        await asyncio.gather(cohort.arrive(stays, "user"), cohort.arrive(leaves, "user"))
        waiting = asyncio.create_task(cohort.arrive(stays, "agent"))
        await settle()
        assert not waiting.done()
        leaves.leave()
        await waiting

    asyncio.run(asyncio.wait_for(scenario(), 5))


def test_a_newcomer_joins_with_the_next_user_wave_and_not_before() -> None:
    async def scenario() -> None:
        cohort = Cohort()
        inside, newcomer = WaveGate(cohort), WaveGate(cohort)
        newcomer.leave()
        await cohort.arrive(inside, "user")
        joining = asyncio.create_task(cohort.arrive(newcomer, "user"))
        await settle()
        assert not joining.done()
        await cohort.arrive(inside, "agent")
        await settle()
        assert not joining.done()
        await asyncio.gather(joining, cohort.arrive(inside, "user"))

    asyncio.run(asyncio.wait_for(scenario(), 5))


def test_a_cancelled_chain_does_not_block_its_cohort() -> None:
    async def scenario() -> None:
        cohort = Cohort()
        one, other = WaveGate(cohort), WaveGate(cohort)
        await asyncio.gather(cohort.arrive(one, "user"), cohort.arrive(other, "user"))
        waiting = asyncio.create_task(cohort.arrive(one, "agent"))
        await settle()
        doomed = asyncio.create_task(cohort.arrive(other, "user"))
        await settle()
        doomed.cancel()
        await settle()
        await waiting
        assert waiting.done() and not waiting.cancelled()

    asyncio.run(asyncio.wait_for(scenario(), 5))


def test_two_engines_get_two_cohorts_and_one_engine_gets_one() -> None:
    async def full_waves(resources: Resources) -> int:
        """How many of four chains the first user wave releases when the last two have not come yet."""
        places = gates(resources, 4)
        waiting = [asyncio.create_task(gate.user_wave().__aenter__()) for gate in (places[0], places[2])]
        await settle()
        released = sum(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return released

    apart = Resources(schedule="turn_sync", user=EndpointSpec(urls=("http://127.0.0.1:1",)))
    assert asyncio.run(full_waves(apart)) == 2
    assert asyncio.run(full_waves(Resources(schedule="turn_sync"))) == 0
    assert asyncio.run(full_waves(Resources(schedule="continuous"))) == 2
