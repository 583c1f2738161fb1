"""What a session measured, on transcripts short enough to count by hand."""

from collab.records import AgentTurn, Ending, Turn, UserTurn
from collab.session import metrics

HELLO, LONG, SPANISH = "greeting.hello", "length.long", "language.spanish"
BOTH = (HELLO, LONG)


def talk(*turns: Turn) -> list[Turn]:
    return [UserTurn(turn=0, message="I had 12 and got 5."), *turns]


def test_the_first_substantive_reply_is_the_one_that_counts() -> None:
    turns = talk(
        AgentTurn(turn=0, message="How many did you have?", judged=False),
        UserTurn(turn=1, message="12.", told_givens=True),
        AgentTurn(turn=1, message="It is 17."),
        UserTurn(turn=2, message="Please greet me.", violated=(HELLO,), enforced=(HELLO,)),
        AgentTurn(turn=2, message="Hello! It is 17."),
        UserTurn(turn=3, message="Thanks.", ending=Ending.SATISFIED),
    )
    found = metrics.preferences(turns, BOTH, frozenset(BOTH))
    assert (found["first_reply_turn"], found["first_reply_violations"]) == (1, 1)
    assert (found["recurring_opportunities"], found["recurring_violations"]) == (2, 1)
    assert found["violated_turns"] == {HELLO: (2,)}
    assert metrics.agent_flags(turns)["degenerate_replies"] == 0
    assert metrics.effort(turns)["asked_clarification_first_turn"]


def test_only_what_was_in_force_before_can_recur() -> None:
    turns = talk(AgentTurn(turn=0, message="17."), UserTurn(turn=1, message="No.", violated=BOTH, enforced=BOTH))
    found = metrics.preferences(turns, BOTH, frozenset({LONG, SPANISH}))
    assert (found["recurring_opportunities"], found["recurring_violations"]) == (1, 1)
    assert found["first_reply_violations"] == 2


def test_what_nobody_can_judge_is_counted_apart() -> None:
    turns = talk(AgentTurn(turn=0, message="17."), UserTurn(turn=1, message="Fine.", unjudged=(LONG,)))
    found = metrics.preferences(turns, BOTH, frozenset(BOTH))
    assert (found["recurring_opportunities"], found["recurring_unjudged"]) == (1, 1)


def test_a_session_without_a_substantive_reply_keeps_its_recurring_preferences_as_unjudged() -> None:
    turns = talk(AgentTurn(turn=0, message="What?", judged=False), UserTurn(turn=1, message="12.", told_givens=True))
    found = metrics.preferences(turns, BOTH, frozenset(BOTH))
    assert found["recurring_unjudged"] == 2
    assert "recurring_opportunities" not in found


def test_enforcements_are_messages_and_not_preferences() -> None:
    turns = talk(
        AgentTurn(turn=0, message="17."),
        UserTurn(turn=1, message="No.", violated=BOTH, enforced=BOTH, tokens=4),
        AgentTurn(turn=1, message="17 again."),
        UserTurn(turn=2, message="No.", violated=(LONG,), enforced=(LONG,), tokens=3),
    )
    found = metrics.effort(turns)
    assert (found["enforcements"], found["enforcement_turns"], found["first_turn_enforced"]) == (2, (1, 2), True)
    assert (found["user_tokens"], found["user_tokens_excl_first"], found["n_messages"]) == (7, 7, 5)


def test_a_person_who_says_the_gold_answer_first_is_found_out() -> None:
    """A simulator that leaks makes every method right."""
    leaks = talk(AgentTurn(turn=0, message="Hm."), UserTurn(turn=1, message="I guess it is 17, no?"))
    repeats = talk(AgentTurn(turn=0, message="The answer is 17."), UserTurn(turn=1, message="So 17."))
    assert metrics.simulator_flags(leaks, "q", "17")["leaked_gold_before_agent"]
    assert not metrics.simulator_flags(repeats, "q", "17")["leaked_gold_before_agent"]
    other = talk(UserTurn(turn=1, message="I have 117."))
    assert not metrics.simulator_flags(other, "q", "17")["leaked_gold_before_agent"]
    assert metrics.simulator_flags(talk(), "I had 12 and  got 5.", "17")["copied_problem"]


def test_looping_and_repeated_replies_are_flagged() -> None:
    turns = talk(
        AgentTurn(turn=0, message="no no no no no no no no no no no no", finish_reason="length"),
        AgentTurn(turn=1, message="no no no no no no no no no no no no"),
        AgentTurn(turn=2, message=" "),
    )
    found = metrics.agent_flags(turns)
    assert found["repetition_max_ratio"] == 1.0
    assert (found["degenerate_replies"], found["truncated_replies"], found["empty_replies"]) == (3, 1, 1)
