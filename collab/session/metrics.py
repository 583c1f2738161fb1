"""What one session measured, from its transcript alone. Definitions: docs/metrics.md."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from collab.people.checkers import degenerate
from collab.problems.answers import same_answer, stated_answer
from collab.records import AgentTurn, Turn, UserTurn
from collab.sentences import plain

COMPARED_CHARACTERS = 1000
"""Of each reply, when repetition is looked for: the comparison is quadratic and runs between model calls."""


def user_turns(turns: Iterable[Turn]) -> list[UserTurn]:
    """The person's side, oldest first."""
    return [turn for turn in turns if isinstance(turn, UserTurn)]


def agent_turns(turns: Iterable[Turn]) -> list[AgentTurn]:
    """The agent's side, oldest first."""
    return [turn for turn in turns if isinstance(turn, AgentTurn)]


def effort(turns: Sequence[Turn]) -> dict[str, Any]:
    """How much the person had to do. `enforcements` counts messages that ask for an adjustment, not preferences."""
    people, agents = user_turns(turns), agent_turns(turns)
    complaints = tuple(turn.turn for turn in people if turn.enforced)
    return {
        "n_messages": len(turns),
        "n_user_turns": len(people),
        "n_agent_turns": len(agents),
        "enforcements": len(complaints),
        "enforcement_turns": complaints,
        "first_turn_enforced": complaints[:1] == (1,),
        "user_tokens": sum(turn.tokens for turn in people),
        "user_tokens_excl_first": sum(turn.tokens for turn in people[1:]),
        "user_words": sum(len(turn.message.split()) for turn in people),
        "agent_tokens": sum(turn.completion_tokens for turn in agents),
        "asked_clarification_first_turn": bool(agents) and not agents[0].judged,
        "agent_words": sum(len(turn.message.split()) for turn in agents),
    }


def preferences(turns: Sequence[Turn], in_force: Sequence[str], met_before: frozenset[str]) -> dict[str, Any]:
    """Violations and complaints by preference, and what the first substantive reply broke.

    met_before: value ids that were in force in an earlier session of this person. The recurring opportunities are the
    preferences in force now among them: the same in every arm, so that arms compare. What nobody can judge, because no
    checker can tell or because no substantive reply came, is left out of them and counted as unjudged.
    """
    violated: defaultdict[str, list[int]] = defaultdict(list)
    enforced: defaultdict[str, list[int]] = defaultdict(list)
    let_go: set[str] = set()
    for turn in user_turns(turns):
        for value in turn.violated:
            violated[value].append(turn.turn)
        for value in turn.enforced:
            enforced[value].append(turn.turn)
        let_go.update(turn.let_go)
    return {
        "violated_turns": {value: tuple(at) for value, at in sorted(violated.items())},
        "enforced_turns": {value: tuple(at) for value, at in sorted(enforced.items())},
        "let_go": tuple(sorted(let_go)),
        **_first_reply(turns, in_force, met_before),
    }


def _first_reply(turns: Sequence[Turn], in_force: Sequence[str], met_before: frozenset[str]) -> dict[str, Any]:
    recurring = [value for value in in_force if value in met_before]
    substantive = next((turn for turn in agent_turns(turns) if turn.judged), None)
    reader = next((turn for turn in user_turns(turns) if substantive and turn.turn == substantive.turn + 1), None)
    if substantive is None or reader is None:
        return {"recurring_unjudged": len(recurring)}
    judged = [value for value in recurring if value not in reader.unjudged]
    return {
        "first_reply_turn": substantive.turn,
        "first_reply_violations": len(reader.violated),
        "recurring_opportunities": len(judged),
        "recurring_violations": sum(value in reader.violated for value in judged),
        "recurring_unjudged": len(recurring) - len(judged),
    }


def agent_flags(turns: Sequence[Turn]) -> dict[str, Any]:
    """Signs of a weak agent: cut, empty, looping and repeated replies."""
    replies = agent_turns(turns)
    texts = [turn.message for turn in replies]
    heads = [text[:COMPARED_CHARACTERS] for text in texts]
    return {
        "truncated_replies": sum(turn.finish_reason == "length" for turn in replies),
        "empty_replies": sum(not text.strip() for text in texts),
        "degenerate_replies": sum(degenerate(text) for text in texts),
        "repetition_max_ratio": round(
            max((SequenceMatcher(None, a, b, autojunk=False).ratio() for a, b in pairwise(heads)),
                default=0.0),
            4,
        ),
    }  # fmt: skip


def simulator_flags(turns: Sequence[Turn], question: str, gold: str) -> dict[str, Any]:
    """Signs of a weak simulator: it copies the problem, or says the gold answer before any reply stated it.

    No problem's givens hold its gold answer, so wherever the person says it, they know too much.
    """
    copied = any(plain(question) in plain(turn.message) for turn in user_turns(turns))
    says_gold = re.compile(rf"(?<![\w.]){re.escape(gold)}(?![\w.]*\w)")
    for turn in turns:
        if isinstance(turn, UserTurn) and says_gold.search(turn.message):
            return {"copied_problem": copied, "leaked_gold_before_agent": True}
        answer = stated_answer(turn.message) if isinstance(turn, AgentTurn) else None
        if answer is not None and same_answer(answer, gold):
            break
    return {"copied_problem": copied, "leaked_gold_before_agent": False}
