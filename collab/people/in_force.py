"""Which of a person's preferences matter in a session."""

from collections.abc import Collection
from typing import Literal

from collab.identity import derived_share
from collab.people.person import Person, Preference
from collab.people.preference_bank import Bank, Value


def in_force(
    person: Person,
    session: int,
    tags: Collection[str],
    bank: Bank,
    rule: int | Literal["all"],
    most: int,
    seed: int,
) -> tuple[Value, ...]:
    """The values in force, in the person's order of priority: those whose condition is among `tags`, thinned.

    rule "all" thins nothing and knows no cap. A number is the mean: rule - 1, rule or rule + 1 are drawn with chances
    1/4, 1/2, 1/4, then held between 1 and `most`. Salience 1 always comes in (up to `most`), the others by weighted
    draw without replacement. Deterministic in seed, person id and session, and in the person's own preferences alone;
    each preference has a random number of its own, so that adding one does not stir the rest.
    """
    holding = [p for p in person.preferences if bank.value(p.value, f"person {person.id}").condition in tags]
    if rule != "all":
        always = sum(p.salience == 1 for p in holding)
        count = min(max(drawn_count(rule, seed, person.id, session), always, 1), most)
        chosen = sorted(holding, key=lambda p: rank(p, seed, person.id, session))[:count]
        holding = [p for p in holding if p in chosen]
    return tuple(bank.values[p.value] for p in holding)


def drawn_count(rule: int, seed: int, person: str, session: int) -> int:
    share = derived_share(seed, "in force", "count", person, session)
    return rule + (-1 if share < 0.25 else 1 if share >= 0.75 else 0)


def rank(preference: Preference, seed: int, person: str, session: int) -> tuple[bool, float]:
    """Salience 1, then the largest u ** (1 / weight): a draw by weight (Efraimidis, Spirakis 2006)."""
    share = derived_share(seed, "in force", preference.value, person, session)
    return preference.salience < 1, -(share ** (1 / preference.salience))
