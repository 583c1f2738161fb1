"""The exact user: every judgement by checker, every sentence drawn from a seed. Never reads the gold answer.

Policy (docs/people.md): answers a clarifying question first and enforces nothing on it; on a violation asks for an
adjustment and gives nothing else; updates the draft only from a compliant reply that states an answer; ends when
satisfied, or when the agent cannot help.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence

from collab.people.checkers import satisfied
from collab.people.person import Person
from collab.people.preference_bank import Value
from collab.problems.answers import clarifying_question, stated_answer
from collab.problems.problem import Problem
from collab.records import Ending, UserTurn
from collab.spec import UserSpec
from collab.users import phrases
from collab.users.typing_errors import mistyped

ASKS_FOR_ANSWER = 2
"""How often a compliant reply without an answer is forgiven before the person gives up."""


class RuleUser:
    """One person in one session. `rng(turn, step)` does not depend on the arm, so that arms share its draws."""

    def __init__(
        self,
        person: Person,
        in_force: Sequence[Value],
        problem: Problem,
        spec: UserSpec,
        rng: Callable[[int, str], random.Random],
    ) -> None:
        self._person = person
        self._in_force = in_force
        self._problem = problem
        self._spec = spec
        self._rng = rng
        self._turn = 0
        self._draft: str | None = None
        self._asked: Counter[str] = Counter()
        self._asked_for_answer = 0
        self._told = spec.opening == "full"
        self._never_asks = {
            value.id for value in in_force if rng(0, f"let-go {value.id}").random() < person.temperament.let_go
        }

    async def open(self) -> UserTurn:
        """The problem with all its givens in the person's own sentence; a vague opening keeps them for turn 1."""
        rng = self._rng(0, "opening")
        task = rng.choice(self._problem.retellings) if self._told else rng.choice(phrases.VAGUE)
        parts = [rng.choice(phrases.OPENINGS), task]
        if self._person.temperament.talkative:
            parts.insert(1, rng.choice(phrases.SMALL_TALK))
        return UserTurn(turn=0, message=self._typed(" ".join(parts), rng))

    async def reply(self, agent_message: str) -> UserTurn:
        """The person's next turn, with what they thought of `agent_message`."""
        self._turn += 1
        if clarifying_question(agent_message) or not self._told:
            return self._tell()
        judged = {value.id: satisfied(value, agent_message) for value in self._in_force}
        violated = tuple(value.id for value in self._in_force if judged[value.id] is False)
        unjudged = tuple(value.id for value in self._in_force if judged[value.id] is None)
        let_go = tuple(value_id for value_id in violated if self._lets_go(value_id))
        to_name = [value for value in self._in_force if value.id in violated and value.id not in let_go]
        enforced: tuple[str, ...] = ()
        ending: Ending | None = None
        if to_name:
            message, enforced = self._complain(to_name)
        else:
            message, ending = self._accept(agent_message)
        return UserTurn(
            turn=self._turn,
            message=message,
            ending=ending,
            violated=violated,
            enforced=enforced,
            let_go=let_go,
            unjudged=unjudged,
            draft=self._draft,
        )

    def _lets_go(self, value_id: str) -> bool:
        return value_id in self._never_asks or self._asked[value_id] >= self._person.temperament.patience

    def _complain(self, broken: Sequence[Value]) -> tuple[str, tuple[str, ...]]:
        most = len(broken) if self._spec.names_per_message == "all" else self._spec.names_per_message
        named = broken[:most]
        again = any(self._asked[value.id] for value in named)
        rng = self._rng(self._turn, "complaint")
        parts = [self._typed(rng.choice(phrases.REMINDERS if again else phrases.REPROACHES), rng)]
        for value in named:
            wordings = self._rng(0, f"wording {value.id}").sample(value.demands, len(value.demands))
            parts.append(wordings[self._asked[value.id] % len(wordings)])
            self._asked[value.id] += 1
        return " ".join(parts), tuple(value.id for value in named)

    def _accept(self, agent_message: str) -> tuple[str, Ending | None]:
        """The reply may stay as it is: take its answer, or ask for one, or give up."""
        answer = stated_answer(agent_message)
        rng = self._rng(self._turn, "acceptance")
        if answer is not None:
            self._draft = answer
            return self._typed(rng.choice(phrases.THANKS), rng), Ending.SATISFIED
        if self._asked_for_answer >= ASKS_FOR_ANSWER:
            return self._typed(rng.choice(phrases.GIVING_UP), rng), Ending.GAVE_UP
        self._asked_for_answer += 1
        return self._typed(rng.choice(phrases.ANSWER_MISSING), rng), None

    def _tell(self) -> UserTurn:
        self._told = True
        rng = self._rng(self._turn, "clarification")
        words = f"{rng.choice(phrases.CLARIFICATIONS)} {rng.choice(self._problem.retellings)}"
        return UserTurn(turn=self._turn, message=self._typed(words, rng), told_givens=True, draft=self._draft)

    def _typed(self, text: str, rng: random.Random) -> str:
        return mistyped(text, self._person.temperament.typos, rng)
