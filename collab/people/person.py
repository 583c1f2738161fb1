"""A person as data: who they are, how they write, what they prefer."""

from pydantic import BaseModel, ConfigDict, Field


class Preference(BaseModel):
    """One value of one dimension that this person holds. `value` names it in the bank, which has all the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(description="id in the preference bank, e.g. length.one_sentence")
    salience: float = Field(gt=0, le=1, description="weight of being in force; 1 = always when its condition holds")


class Temperament(BaseModel):
    """How a person behaves under friction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    patience: int = Field(ge=1, description="how often one preference is asked for before it is let go")
    let_go: float = Field(ge=0, le=1, description="share of (session, preference) not worth a complaint to this person")
    typos: float = Field(ge=0, le=1, description="share of words mistyped; never in a number or in a demand")
    talkative: bool = Field(description="adds a sentence of small talk")


class Person(BaseModel):
    """One simulated user. Preferences stand in order of priority: the first wins where two clash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    persona: str
    temperament: Temperament
    preferences: tuple[Preference, ...]
