"""How tokens of a text are counted, by the tokenizer that the run's protocol names."""

import re
from collections import OrderedDict

from collab.errors import CallFailed, SessionFailed, Unauthorised
from collab.inference.endpoint import Endpoint

_WORD = re.compile(r"\w+|[^\w\s]")
_REMEMBERED = 4096


def count_words(text: str) -> int:
    """The named local tokenizer `words`: runs of letters and digits, and single other signs."""
    return len(_WORD.findall(text))


class TokenCounter:
    """`server` asks the agent's server, `words` counts here. Answers are remembered for repeated texts."""

    def __init__(self, tokenizer: str, endpoint: Endpoint, model: str) -> None:
        self._by_server = tokenizer == "server"
        self._endpoint = endpoint
        self._model = model
        self._known: OrderedDict[str, int] = OrderedDict()

    async def count(self, text: str) -> int:
        """Tokens of `text`; raises SessionFailed where the server cannot tell."""
        if not self._by_server:
            return count_words(text)
        if text not in self._known:
            try:
                self._known[text] = await self._endpoint.count_tokens(text, self._model)
            except Unauthorised:
                raise
            except CallFailed as error:
                raise SessionFailed("agent", error) from error
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[text]
