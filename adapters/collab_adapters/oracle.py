"""The preferences in force, from the profile itself: the upper bound that no method can know."""

from collab.adapter import Adapter, Prompt, SessionView
from collab.memory.notes import checked_placement, place_notes


class Oracle(Adapter):
    """A control arm. What it leaves broken, the agent cannot follow, however well a method remembers."""

    needs_profile = True

    def __init__(self, placement: str = "after_question") -> None:
        self._placement = checked_placement(placement)

    async def prepare_prompt(self, view: SessionView) -> Prompt:
        notes = [value.note for value in view.preferences or ()]
        return Prompt(place_notes(view.messages, notes, self._placement))
