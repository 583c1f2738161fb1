#!/usr/bin/env python
"""Which preference values can the embedded agent follow? Prints the table of docs/embedded_agent.md.

Needs a server: `collab serve embedded --port 8101`, then
    python scripts/measure_embedded_agent.py http://127.0.0.1:8101 --values length.one_sentence,language.spanish

Each value is tried on the same fresh problems (no run draws them: their person is named `measure`), three ways: without
a wish, with the bank's note behind the question (what `oracle` shows), with one of the bank's demands there (what
`all_memory` shows). A looping reply counts as broken.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from math import sqrt

from collab.identity import derived_rng, derived_seed
from collab.inference.endpoint import Endpoint
from collab.inference.requests import ChatMessage, ChatRequest
from collab.memory.notes import place_notes
from collab.people.checkers import degenerate, satisfied
from collab.people.preference_bank import Value, load_bank
from collab.problems.datasets import draw
from collab.problems.problem import Problem
from collab.spec import AgentSpec, EndpointSpec, Sampling

SEED = 20_000


def fresh_problems(count: int) -> list[Problem]:
    return [draw(("collab-math",), "measure", index, SEED, None) for index in range(count)]


class Asker:
    """Asks one problem with or without a wish."""

    def __init__(self, endpoint: Endpoint, model: str, sampling: Sampling) -> None:
        self._endpoint = endpoint
        self._model = model
        self._sampling = sampling

    async def replies(self, problems: Sequence[Problem], wishes: Sequence[str | None]) -> list[str]:
        """One reply per problem, in order; at most 32 in flight."""
        places = asyncio.Semaphore(32)

        async def one(index: int, problem: Problem, wish: str | None) -> str:
            opening = derived_rng(SEED, index, "opening").choice(problem.retellings)
            chat = (ChatMessage("system", AgentSpec().system_prompt), ChatMessage("user", opening))
            messages = place_notes(chat, [wish] if wish else [], "after_question")
            request = ChatRequest(self._model, messages, self._sampling, derived_seed(SEED, index, wish or ""))
            async with places:
                return (await self._endpoint.chat(request, str(index))).texts[0]

        pairs = enumerate(zip(problems, wishes, strict=True))
        return list(await asyncio.gather(*(one(index, problem, wish) for index, (problem, wish) in pairs)))


def share(value: Value, replies: Sequence[str]) -> float:
    return sum(bool(satisfied(value, reply)) for reply in replies) / len(replies)


def row(value: Value, plain: Sequence[str], noted: Sequence[str], asked: Sequence[str]) -> str:
    """One line of the table. The interval is Wald's for a difference of two independent shares."""
    none, note, demand = share(value, plain), share(value, noted), share(value, asked)
    half = 1.96 * sqrt((note * (1 - note) + none * (1 - none)) / len(plain))
    return (
        f"| {value.id} | {100 * none:.0f} | {100 * note:.0f} | {100 * demand:.0f} | {100 * (note - none):+.0f} ± "
        f"{100 * half:.0f} | {100 * (demand - none):+.0f} | {sum(map(degenerate, noted)) * 100 // len(noted)} |"
    )


async def measure(url: str, ids: Sequence[str], count: int, temperature: float, max_tokens: int) -> None:
    problems = fresh_problems(count)
    sampling = Sampling(temperature=temperature, max_tokens=max_tokens)
    bank = load_bank()
    async with Endpoint("agent", EndpointSpec(urls=(url,)), None, 60) as endpoint:
        served = await endpoint.served_model("agent")
        asker = Asker(endpoint, served.name, sampling)
        plain = await asker.replies(problems, [None] * count)
        print(f"agent {served.root}, T={temperature}, n={count}, max {max_tokens} tokens, seed {SEED}, notes behind")
        print(f"the question; degenerate without a wish: {sum(map(degenerate, plain))}/{count}\n")
        print("| value | no wish % | note % | demand % | gain by note, points | by demand | degenerate with note % |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for value in (bank.value(name, "--values") for name in ids):
            noted = await asker.replies(problems, [value.note] * count)
            wording = derived_rng(SEED, value.id)
            asked = await asker.replies(problems, [wording.choice(value.demands) for _ in problems])
            print(row(value, plain, noted, asked), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--values", required=True, help="value ids, by comma, or `all`")
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--max-tokens", type=int, default=100)
    options = parser.parse_args()
    ids = list(load_bank().values) if options.values == "all" else options.values.split(",")
    asyncio.run(measure(options.url, ids, options.n, options.temperature, options.max_tokens))


if __name__ == "__main__":
    sys.exit(main())
