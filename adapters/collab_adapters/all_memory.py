"""Every wish this person has ever voiced, in every prompt."""

from collab.adapter import Adapter, Prompt, SessionView, State
from collab.memory.cards import CardBox
from collab.memory.extraction import RuleExtractor
from collab.memory.notes import checked_placement, place_notes


class AllMemory(Adapter):
    """Upper bound of what retrieval could find: no card is ever left out (until the token budget ends)."""

    def __init__(self, placement: str = "after_question", budget_tokens: int = 1024) -> None:
        self._placement = checked_placement(placement)
        self._budget_tokens = budget_tokens
        self._cards = CardBox()
        self._extract = RuleExtractor()

    async def observe_user(self, view: SessionView, message: str) -> None:
        for card in self._extract(message, view.person, view.session, view.turn):
            self._cards.add(card)

    async def prepare_prompt(self, view: SessionView) -> Prompt:
        budget = min(self._budget_tokens, view.prompt_budget // 2)
        shown, dropped = await self._cards.within(budget, view.count_tokens)
        view.record(in_prompt=[card.id for card in shown], dropped=[card.id for card in dropped])
        notes = [card.action for card in shown]
        return Prompt(place_notes(view.messages, notes, self._placement), references=tuple(card.id for card in shown))

    async def end_session(self, view: SessionView) -> None:
        view.record(cards=len(self._cards), merged=self._cards.merged)

    def export_state(self) -> State:
        return self._cards.to_json()

    def import_state(self, state: State) -> None:
        self._cards = CardBox.from_json(state)
