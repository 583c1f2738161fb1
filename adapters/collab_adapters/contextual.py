"""The whole history in the prompt, oldest sessions dropped first."""

from collab.adapter import Adapter, PastSession, Prompt, SessionView

TURN_TOKENS = 80
"""What one message of a person is reckoned with when room for the present session is kept free."""


class Contextual(Adapter):
    """All past sessions as chat messages, as many of the newest as fit.

    The choice is made once, at the start of a session, with room kept for the session at its longest, but never more
    than half of the window: a prompt that shrank in the middle would lose memory first and break the prefix cache.
    """

    def __init__(self) -> None:
        self._shown: tuple[PastSession, ...] = ()

    async def start_session(self, view: SessionView) -> None:
        kept_free = min(view.max_turns * (view.reply_tokens + TURN_TOKENS), view.prompt_budget // 2)
        room = view.prompt_budget - kept_free
        shown: list[PastSession] = []
        for past in reversed(view.history):
            for message in past.messages:
                room -= await view.count_tokens(message.content) + 8
            if room < 0:
                break
            shown.insert(0, past)
        self._shown = tuple(shown)
        view.record(sessions_in_prompt=len(shown), sessions_dropped=len(view.history) - len(shown))

    async def prepare_prompt(self, view: SessionView) -> Prompt:
        system, *now = view.messages
        earlier = [message for past in self._shown for message in past.messages]
        return Prompt((system, *earlier, *now))
