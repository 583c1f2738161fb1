"""People made from parts: person i depends on i and on the values that are allowed, never on how many there are."""

from collections.abc import Sequence
from random import Random

from collab.identity import derived_rng
from collab.people.composer import Unsatisfiable, compose
from collab.people.person import Person, Preference, Temperament
from collab.people.preference_bank import Bank, Value
from collab.problems.problem import Worked

OCCUPATIONS = (
    "ferry pilot", "primary school teacher", "night nurse", "bicycle mechanic", "archivist", "beekeeper", "tax clerk",
    "stage carpenter", "dentist", "bus driver", "physics student", "baker", "court interpreter", "gardener", "surveyor",
    "radio host", "violin maker", "warehouse planner", "veterinarian", "retired geologist", "pastry apprentice",
    "football coach", "pharmacist", "crane operator", "textile designer", "shop owner", "piano tuner",
    "weather observer",
)  # fmt: skip
BACKGROUNDS = (
    "who grew up on an island", "who raises three children", "who moved country twice", "who learns in the evenings",
    "who left school early and came back to it", "who helps out in a family business", "who lives far from any town",
    "who has just changed trades", "who keeps a notebook for everything", "who shares a flat with a cousin",
    "who cares for an old father", "who volunteers at weekends",
)  # fmt: skip
WRITING = (
    "Writes in short plain sentences.", "Writes the way people talk.", "Writes politely and a little formally.",
    "Writes fast and rarely looks back.", "Writes with care and full punctuation.", "Writes warmly, with small asides.",
    "Writes drily and to the point.", "Writes as if leaving a note on the kitchen table.",
)  # fmt: skip
TEMPERS = {
    2: ("Soon lets a matter rest.", "Does not like to ask twice."),
    3: ("Asks again when something was missed.", "Is patient, within reason."),
    4: ("Keeps asking until it is right.", "Has all the time in the world."),
}
PROBES = (Worked(("12 + 5 = 17",), "17"), Worked(("6 × 9 = 54", "54 - 8 = 46"), "46"))


def generated_person(i: int, bank: Bank, allowed: tuple[str, ...]) -> Person:
    """Person `p00i`: a persona, a temperament, and four to eight preferences (fewer where `allowed` has no more).

    allowed: ids in any order. No two preferences share a dimension, and one reply exists that honours them all.
    """
    rng = derived_rng(0, "generated person", i, *sorted(allowed))
    patience = rng.choice((2, 3, 3, 4))
    temperament = Temperament(
        patience=patience,
        let_go=rng.choice((0.0, 0.0, 0.05, 0.1)),
        typos=rng.choice((0.0, 0.01, 0.03, 0.05)),
        talkative=rng.random() < 0.4,
    )
    occupation = rng.choice(OCCUPATIONS)
    article = "An" if occupation[0] in "aeiou" else "A"
    persona = " ".join(
        [f"{article} {occupation} {rng.choice(BACKGROUNDS)}.", rng.choice(TEMPERS[patience]), rng.choice(WRITING)]
    )
    values = satisfiable_values(rng, bank, allowed)
    return Person(id=f"p{i:03d}", persona=persona, temperament=temperament, preferences=with_salience(rng, values))


def satisfiable_values(rng: Random, bank: Bank, allowed: tuple[str, ...]) -> list[Value]:
    """At most one value per dimension, added as long as a witness reply exists for all of them together."""
    rivals = [[v for v in values if v.id in allowed] for _, values in sorted(bank.dimensions.items())]
    dimensions = [values for values in rivals if values]
    rng.shuffle(dimensions)
    wanted = min(rng.randint(4, 8), len(dimensions))
    chosen: list[Value] = []
    for values in dimensions:
        if len(chosen) == wanted:
            break
        value = rng.choice(values)
        if satisfiable([*chosen, value]):
            chosen.append(value)
    return chosen


def satisfiable(values: Sequence[Value]) -> bool:
    """Whether no two values clash and a reply honours them all, for a sum of one step and for one of two."""
    names = {v.id for v in values}
    if any(not names.isdisjoint(v.clashes) for v in values) or len({v.dimension for v in values}) < len(values):
        return False
    try:
        return all([compose(probe, values) for probe in PROBES])
    except Unsatisfiable:
        return False


def with_salience(rng: Random, values: Sequence[Value]) -> tuple[Preference, ...]:
    """One or two that always matter, then the rest in falling salience; the order is the order of priority."""
    always = min(rng.choice((1, 2)), len(values))
    rest = sorted((rng.choice((0.3, 0.4, 0.5, 0.6, 0.7, 0.8)) for _ in values[always:]), reverse=True)
    saliences = [1.0] * always + rest
    return tuple(Preference(value=v.id, salience=s) for v, s in zip(values, saliences, strict=True))
