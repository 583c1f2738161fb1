"""A card: one wish of a person, in their own words, with its provenance."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from collab.identity import fingerprint


@dataclass(frozen=True, slots=True)
class Said:
    """Where a card's words come from: person, session, turn, and the quote itself."""

    person: str
    session: int
    turn: int
    quote: str


@dataclass(frozen=True, slots=True)
class Card:
    """action: what the person wants. `count`: how often it was said; `said`: the first time; `confirmed`: the last."""

    id: str
    action: str
    said: Said
    confirmed: Said
    count: int = 1


def normal_form(text: str) -> str:
    """Equal for texts that differ in case, spacing and closing marks only: the first tier of merging."""
    return " ".join(text.lower().split()).strip(" .!?")


def new_card(action: str, said: Said) -> Card:
    """A card named by its person and its words, so that a replay gives it the same id."""
    return Card(fingerprint([said.person, normal_form(action)]), action, said, said)


class CardBox:
    """The cards of one person, oldest first; equal ones are merged."""

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}
        self.merged = 0

    def __iter__(self) -> Iterator[Card]:
        return iter(self._cards.values())

    def __len__(self) -> int:
        return len(self._cards)

    def add(self, card: Card) -> None:
        """Keep `card`, or count it on the equal one that is there."""
        known = self._cards.get(card.id)
        if known is None:
            self._cards[card.id] = card
            return
        self.merged += 1
        self._cards[card.id] = replace(known, count=known.count + 1, confirmed=card.confirmed)

    async def within(self, budget_tokens: int, count: Callable[[str], Awaitable[int]]) -> tuple[list[Card], list[Card]]:
        """(shown, dropped): the cards confirmed last, as many as fit, each list in the order of first saying."""
        newest_first = sorted(self, key=lambda card: (card.confirmed.session, card.confirmed.turn), reverse=True)
        left = budget_tokens
        shown: set[str] = set()
        for card in newest_first:
            left -= await count(card.action)
            if left < 0:
                break
            shown.add(card.id)
        return [card for card in self if card.id in shown], [card for card in self if card.id not in shown]

    def to_json(self) -> dict[str, Any]:
        return {"cards": [asdict(card) for card in self], "merged": self.merged}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> "CardBox":
        box = cls()
        for entry in state.get("cards", []):
            card = Card(**{**entry, "said": Said(**entry["said"]), "confirmed": Said(**entry["confirmed"])})
            box._cards[card.id] = card
        box.merged = state.get("merged", 0)
        return box
