"""What every session on the scripted engine must come out as, computed from spec and people alone.

It uses nothing of the engine: no reply is composed, recognised or checked for a session. Two independent descriptions
of the same study must agree session by session: `python -m collab.scripted.expected RUN`.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from collab.errors import CollabError, WrongInput
from collab.identity import derived_rng, derived_seed, derived_share
from collab.people.in_force import in_force
from collab.people.person import Person
from collab.people.preference_bank import Value, load_bank
from collab.people.profiles import load_people
from collab.problems.datasets import draw
from collab.records import SessionRecord
from collab.spec import ArmSpec, RunSpec
from collab.store.run_folder import RunFolder

KnownBefore = Callable[[Sequence[Value], set[str]], set[str]]
"""(in force, demanded in earlier sessions) -> what the first prompt of a session states."""

METHODS: dict[str, KnownBefore] = {
    "vanilla": lambda now, demanded: set(),
    "contextual": lambda now, demanded: demanded,
    "all_memory": lambda now, demanded: demanded,
    "oracle": lambda now, demanded: {value.id for value in now},
}


@dataclass(frozen=True, slots=True)
class Expected:
    """The fields of a record that the truth decides."""

    in_force: tuple[str, ...]
    ended_by: str
    success: bool
    enforcements: int
    n_agent_turns: int
    first_reply_violations: int
    recurring_opportunities: int
    recurring_violations: int
    enforced_turns: dict[str, tuple[int, ...]]


def expected_chain(spec: RunSpec, arm: ArmSpec, person: Person, repeat: int) -> Iterator[Expected]:
    """Session after session of one chain, as the scripted engine must have played it."""
    demanded: set[str] = set()
    met: set[str] = set()
    for session in range(spec.extent.sessions):
        now = _in_force(spec, person, session)
        known = METHODS[arm.method](now, demanded)
        expected = _expected_session(spec, (arm, person, repeat, session), now, known, met)
        demanded |= set(expected.enforced_turns)
        met |= {value.id for value in now}
        yield expected


def _in_force(spec: RunSpec, person: Person, session: int) -> tuple[Value, ...]:
    protocol = spec.protocol
    problem = draw(protocol.datasets, person.id, session, protocol.seed, None)
    most = max(1, protocol.max_turns - 2)
    return in_force(person, session, problem.tags, load_bank(), protocol.in_force, most, protocol.seed)


def _expected_session(
    spec: RunSpec, place: tuple[ArmSpec, Person, int, int], now: Sequence[Value], known: set[str], met: set[str]
) -> Expected:
    """known: what the first prompt states; met: what was in force in an earlier session."""
    enforced_at: dict[str, tuple[int, ...]] = {}
    asked: Counter[str] = Counter()
    silent = _never_asked(spec, place, now)
    first: set[str] | None = None
    satisfied_after: int | None = None
    for turn in range(spec.protocol.max_turns):
        broken = [v for v in now if v.id not in known | set(asked) or _breaks(spec, place, turn, v)]
        first = {value.id for value in broken} if first is None else first
        named = [v for v in broken if v.id not in silent and asked[v.id] < place[1].temperament.patience]
        if not named:
            satisfied_after = turn + 1
            break
        most = spec.protocol.user.names_per_message
        for value in named if most == "all" else named[:most]:
            asked[value.id] += 1
            enforced_at[value.id] = (*enforced_at.get(value.id, ()), turn + 1)
    recurring = {value.id for value in now} & met
    return Expected(
        in_force=tuple(value.id for value in now),
        ended_by="satisfied" if satisfied_after else "max_turns",
        success=satisfied_after is not None,
        enforcements=len({at for turns in enforced_at.values() for at in turns}),
        n_agent_turns=satisfied_after or spec.protocol.max_turns,
        first_reply_violations=len(first or ()),
        recurring_opportunities=len(recurring),
        recurring_violations=len(recurring & (first or set())),
        enforced_turns=dict(sorted(enforced_at.items())),
    )


def _never_asked(spec: RunSpec, place: tuple[ArmSpec, Person, int, int], now: Sequence[Value]) -> set[str]:
    """What this person does not bother about in this session, by temperament."""
    _, person, _, session = place
    draws = {v.id: derived_rng(spec.protocol.seed, person.id, session, 0, "user", f"let-go {v.id}") for v in now}
    return {value for value, rng in draws.items() if rng.random() < person.temperament.let_go}


def _breaks(spec: RunSpec, place: tuple[ArmSpec, Person, int, int], turn: int, value: Value) -> bool:
    """Whether the engine's noise breaks a stated preference in the reply of this turn."""
    arm, person, repeat, session = place
    call = f"{person.id}/r{repeat}/s{session}/t{turn}/agent/reply"
    seed = derived_seed(spec.protocol.seed + arm.seed_offset, call)
    return derived_share(seed, "break", value.dimension) < spec.resources.noise


def unequal_fields(expected: Expected, record: SessionRecord) -> list[str]:
    """One line per field in which a record differs from the truth."""
    return [
        f"{name}: {getattr(record, name)!r}, expected {wanted!r}"
        for name in Expected.__slots__
        if getattr(record, name) != (wanted := getattr(expected, name))
    ]


def refuse_unforeseen(spec: RunSpec) -> None:
    """Raises WrongInput for a run that is described here only in part: its differences would be false ones."""
    if spec.protocol.user.opening != "full":
        raise WrongInput("protocol.user.opening", spec.protocol.user.opening, "full")
    for arm in spec.extent.arms:
        if arm.method in METHODS and set(arm.options) - {"placement"}:
            raise WrongInput(f"arm {arm.name}", "options", "none but a placement, which changes nothing here")


def hold_against(path: Path) -> tuple[int, list[str]]:
    """(sessions held against the truth, one line per difference) of a run on the scripted engine."""
    folder = RunFolder.read(path)
    refuse_unforeseen(folder.spec)
    extent = folder.spec.extent
    source = f"generated:{extent.people}" if extent.profiles == "generated" else extent.profiles
    people = {person.id: person for person in load_people(source, folder.spec.protocol.values)}
    arms = {arm.name: arm for arm in extent.arms if arm.method in METHODS}
    held, differences = 0, []
    for key in folder.chains():
        if key.arm not in arms:
            continue
        truth = expected_chain(folder.spec, arms[key.arm], people[key.person], key.repeat)
        for expected, record in zip(truth, folder.records(key), strict=False):
            held += 1
            differences += [f"{key} session {record.session}: {line}" for line in unequal_fields(expected, record)]
    return held, differences


def main() -> int:
    try:
        held, differences = hold_against(Path(sys.argv[1]))
    except CollabError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    print("\n".join(differences[:20]))
    print(f"{held} sessions held against the expected ones, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
