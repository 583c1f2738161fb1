"""Everything that decides a result, in three parts: protocol, extent, resources.

The *protocol* is what two sessions must share to be compared; its fingerprint names the run folder. The *extent* says
how much of it is played and may grow. *Resources* (URLs, schedule, time-outs) may differ from start to start.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from collab.errors import WrongInput
from collab.identity import fingerprint
from collab.refusals import first_fault


class Section(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sampling(Section):
    """How one role samples. `max_tokens` bounds every reply: a server's own bound is its whole window."""

    temperature: float = Field(default=0.7, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=512, ge=1)


class AgentSpec(Section):
    """The model under test. `identity` is what the server says it loaded; it is filled in when the run is created."""

    model: str = "agent"
    identity: str = ""
    system_prompt: str = "You are a helpful assistant."
    sampling: Sampling = Sampling()
    context_tokens: int = Field(default=0, ge=0, description="the window of the model; 0 = ask the server")


class UserSpec(Section):
    """How simulated people talk. `version` counts changes of the policy that change results."""

    kind: Literal["rule", "llm"] = "rule"
    version: int = 1
    opening: Literal["full", "vague"] = "full"
    names_per_message: int | Literal["all"] = Field(default=2, description="broken preferences named in one message")

    @field_validator("names_per_message")
    @classmethod
    def at_least_one(cls, value: int | str) -> int | str:
        """Nobody is satisfied by a person who complains about nothing."""
        if isinstance(value, int) and value < 1:
            raise ValueError("at least 1")
        return value


class Protocol(Section):
    """What two sessions must share to be compared."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    datasets: tuple[str, ...] = Field(default=("collab-math",), min_length=1)
    values: tuple[str, ...] | None = Field(default=None, description="preference values that generated people may hold")
    in_force: int | Literal["all"] = Field(default=3, description="mean number of preferences in force per session")
    max_turns: int = Field(default=10, ge=1, description="agent replies per session")
    user: UserSpec = UserSpec()
    agent: AgentSpec = AgentSpec()
    tokenizer: str = Field(default="", description="server | words; empty = server where it can count, else words")
    versions: dict[str, str] = Field(default_factory=dict, description="of the instruments; the bank by its content")

    @field_validator("in_force")
    @classmethod
    def some_preference(cls, value: int | str) -> int | str:
        """A session without a preference measures nothing."""
        if isinstance(value, int) and value < 1:
            raise ValueError("at least 1, or all")
        return value


class ArmSpec(Section):
    """A named variant that is compared."""

    name: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$")
    method: str = Field(description="entry point name, or path.py:Class")
    options: dict[str, Any] = Field(default_factory=dict)
    seed_offset: int = Field(default=0, description="added to the seed of model calls; the aa arm has 1")
    version: int = Field(default=1, description="counts changes of the method that change results")
    source: str = Field(default="", description="hash of the file of a method given by path")
    needs_profile: bool = Field(default=False, description="the method is shown the true preferences; tables mark it")


class Extent(Section):
    """How much of the protocol is played. A larger one extends a run."""

    arms: tuple[ArmSpec, ...] = Field(min_length=1)
    profiles: str = Field(default="generated", description="generated, generated:N, or a file of profiles")
    people: int = Field(default=6, ge=1)
    sessions: int = Field(default=4, ge=1)
    repeats: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def arms_differ(self) -> Extent:
        """An arm's name is its folder."""
        names = [arm.name for arm in self.arms]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"arm named twice: {', '.join(twice)}")
        return self


class EndpointSpec(Section):
    """Where a role is served. Keys come from the environment (`COLLAB_AGENT_API_KEY`, …), never from here."""

    urls: tuple[str, ...] = ()
    in_flight: int = Field(default=64, ge=1, description="calls at a time, per URL")
    deadline_s: float = Field(default=300.0, gt=0, description="for one call, from the moment it is sent")
    attempts: int = Field(default=5, ge=1, description="sends per call, the first included")

    @field_validator("urls")
    @classmethod
    def bare_urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        """The spec is written into the run folder: a key in a URL would be too."""
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("http://HOST:PORT")
            if parts.username or parts.password or parts.query:
                raise ValueError("a URL without user, password or query; a key belongs into COLLAB_AGENT_API_KEY")
        return urls


class Resources(Section):
    """What may differ from one start to the next without changing a result."""

    engine: Literal["embedded", "scripted", "url"] = "embedded"
    agent: EndpointSpec = EndpointSpec()
    user: EndpointSpec = EndpointSpec()
    schedule: Literal["turn_sync", "continuous"] = "continuous"
    parallel_profiles: int = Field(default=64, ge=1, description="chains in flight")
    endpoint_patience_s: float = Field(default=600.0, gt=0)
    wall_clock_s: float | None = Field(default=None, gt=0, description="drain after this long; resumable")
    latency: Literal["none", "cpu", "8b", "70b"] = Field(
        default="none", description="latency model of the scripted engine"
    )
    noise: float = Field(default=0.0, ge=0, le=1, description="share of stated preferences the scripted engine breaks")
    data_dir: str | None = None

    @model_validator(mode="before")
    @classmethod
    def urls_are_an_engine(cls, settings: Any) -> Any:
        """URLs of an agent mean that no engine is started; both at once are refused."""
        agent = settings.get("agent") if isinstance(settings, dict) else None
        if isinstance(agent, dict) and agent.get("urls"):
            engine = settings.get("engine", "url")
            if engine != "url":
                where, mend = "resources.engine (--engine)", "Leave one of them out."
                raise WrongInput(where, engine, "no engine beside the URL of an agent", mend)
            return {**settings, "engine": engine}
        return settings


class RunSpec(Section):
    """One run: what, how much of it, and by what means."""

    name: str = Field(default="run", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$")
    protocol: Protocol = Protocol()
    extent: Extent
    resources: Resources = Resources()

    def protocol_fingerprint(self) -> str:
        """Equal exactly when sessions of two runs may stand in one table."""
        return fingerprint(self.protocol.model_dump(mode="json"))

    def arm_fingerprint(self, arm: ArmSpec) -> str:
        """Method, options and code of one arm."""
        return fingerprint(arm.model_dump(mode="json"))


def build_spec(settings: dict[str, Any], where: str) -> RunSpec:
    """Validate nested settings. Raises WrongInput that names the key, what was found, and the nearest known key."""
    try:
        return RunSpec.model_validate(settings)
    except ValidationError as error:
        raise first_fault(where, error, RunSpec) from None
