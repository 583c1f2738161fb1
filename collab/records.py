"""What a run writes about each session. Schema version 1.

Every field is declared result-bearing (the default) or operational (`OPERATIONAL`: times, retries, cached tokens).
"Equal records" means: equal in every result-bearing field.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = 1
OPERATIONAL = "operational"
"""Marks a field that may differ between two runs with equal results."""


class Record(BaseModel):
    """Written once, read for ever: frozen, and refuses keys of another schema."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ending(StrEnum):
    """Why a conversation stopped."""

    SATISFIED = "satisfied"
    GAVE_UP = "gave_up"
    MAX_TURNS = "max_turns"
    CONTEXT_LIMIT = "context_limit"
    ERROR = "error"


class Status(StrEnum):
    """Whether a session can be counted, and whose fault it is where it cannot."""

    OK = "ok"
    AGENT_FAILED = "agent_failed"
    USER_FAILED = "user_failed"
    MEMORY_FAILED = "memory_failed"
    GRADER_FAILED = "grader_failed"


class Failure(Record):
    """role: who was spoken for; kind: the error's type."""

    role: str
    kind: str
    message: str


class UserTurn(Record):
    """One message of the person, and what they thought of the reply before it.

    told_givens: this message tells the task (asked for it, or after a vague opening), and judges nothing.

    violated: every preference in force that the reply broke; enforced: those named in this message; let_go: broken, but
    this person does not (or no longer) ask; unjudged: no checker can tell. All are value ids.
    """

    speaker: Literal["user"] = "user"
    turn: int
    message: str
    ending: Ending | None = None
    violated: tuple[str, ...] = ()
    enforced: tuple[str, ...] = ()
    let_go: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    told_givens: bool = False
    draft: str | None = None
    tokens: int = 0


class AgentTurn(Record):
    """One reply as the person read it. `memory` is what the method recorded about its own workings.

    judged: the person held it against their preferences; a clarifying question is answered and not judged.
    """

    speaker: Literal["agent"] = "agent"
    turn: int
    message: str
    finish_reason: str = ""
    judged: bool = True
    prompt_tokens: Annotated[int, OPERATIONAL] = 0
    completion_tokens: Annotated[int, OPERATIONAL] = 0
    memory: dict[str, Any] = Field(default_factory=dict)


Turn = Annotated[UserTurn | AgentTurn, Field(discriminator="speaker")]


class RoleCost(Record):
    """What one role's calls took in one session. Tokens as servers counted them."""

    calls: int = 0
    retries: int = 0
    failures: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds_in_flight: float = 0.0
    seconds_queued: float = 0.0


class SessionRecord(Record):
    """One planned session that was played, or failed. Metrics are derived from `turns` by `collab.session.metrics`."""

    schema_version: int = SCHEMA
    arm: str
    method: str
    person: str
    repeat: int
    session: int
    dataset: str
    problem_id: str

    status: Status
    failure: Failure | None = None
    ended_by: Ending
    final_draft: str | None = None
    success: bool | None = None
    grader: str = ""
    grade_detail: str = ""

    in_force: tuple[str, ...]
    n_messages: int = 0
    n_user_turns: int = 0
    n_agent_turns: int = 0
    enforcements: int = 0
    enforcement_turns: tuple[int, ...] = ()
    first_turn_enforced: bool = False
    first_reply_turn: int | None = Field(default=None, description="turn of the first substantive reply")
    first_reply_violations: int | None = None
    recurring_opportunities: int = 0
    recurring_violations: int = 0
    recurring_unjudged: int = 0
    violated_turns: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    enforced_turns: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    let_go: tuple[str, ...] = ()

    user_tokens: int = 0
    user_tokens_excl_first: int = 0
    user_words: int = 0
    agent_words: int = 0
    agent_tokens: Annotated[int, OPERATIONAL] = 0
    asked_clarification_first_turn: bool = False
    truncated_replies: int = 0
    empty_replies: int = 0
    degenerate_replies: int = 0
    repetition_max_ratio: float = 0.0
    copied_problem: bool = False
    leaked_gold_before_agent: bool = False

    memory: dict[str, Any] = Field(default_factory=dict, description="what the method recorded outside of replies")
    turns: tuple[Turn, ...] = ()
    cost: Annotated[dict[str, RoleCost], OPERATIONAL] = Field(default_factory=dict)
    started: Annotated[str, OPERATIONAL] = ""
    seconds: Annotated[float, OPERATIONAL] = 0.0

    @property
    def timed_out(self) -> bool:
        return self.ended_by is Ending.MAX_TURNS


def result_bearing(record: BaseModel) -> dict[str, Any]:
    """The fields that decide whether two records are equal, nested records included."""
    return {
        name: _result_value(getattr(record, name))
        for name, field in type(record).model_fields.items()
        if OPERATIONAL not in field.metadata
    }


def _result_value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return result_bearing(value)
    if isinstance(value, tuple | list):
        return [_result_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _result_value(item) for key, item in value.items()}
    return value


class RunFile(Record):
    """`run.<n>.json`: what was asked for, and by which code. `people` and `arms` map names to fingerprints."""

    schema_version: int = SCHEMA
    number: int
    spec: dict[str, Any]
    protocol: str
    arms: dict[str, str]
    people: dict[str, str]
    provenance: dict[str, Any]
