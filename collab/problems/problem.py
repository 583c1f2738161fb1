"""One task as data. What the agent may see is decided by the session; this holds everything."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

DOMAINS = ("math", "code", "qa", "writing")
TASKS = ("compute", "explain", "debug", "choose")
LEVELS = ("basic", "intermediate", "advanced")
TAGS = frozenset(
    ["always", *(f"domain:{d}" for d in DOMAINS), *(f"task:{t}" for t in TASKS), *(f"level:{x}" for x in LEVELS)]
)


class Problem(BaseModel):
    """question: the task in full; retellings: all its givens in a person's own sentence, never a copy of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    dataset: str
    question: str
    retellings: tuple[str, ...] = Field(min_length=1)
    gold: str = Field(description="short gold answer; no role but a grader ever reads it")
    grader: str = Field(description="name of a grader in collab.problems.grading")
    domain: str = Field(description="math | code | qa | writing")
    task: str = Field(description="compute | explain | debug | choose")
    level: str = "basic"

    @property
    def tags(self) -> frozenset[str]:
        """The closed vocabulary in which a preference states its condition."""
        return frozenset({"always", f"domain:{self.domain}", f"task:{self.task}", f"level:{self.level}"})


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked solution in no language: steps such as "12 + 5 = 17", in order, and the answer that they lead to."""

    steps: tuple[str, ...]
    answer: str
