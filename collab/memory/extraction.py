"""Wishes in a person's message, found by rule: the free baseline that a model must beat."""

import re

from collab.memory.cards import Card, Said, new_card
from collab.sentences import sentences

_REQUEST = re.compile(
    r"""
    \bplease\b | ^(?:could|can|would|will)\s+you\b | \bfrom\s+now\s+on\b | \bin\s+(?:the\s+)?future\b
    | \bi(?:'d|\s+would)?\s+(?:rather|prefer|like|love|want|need|enjoy|appreciate)\b
    | \b(?:is|are)\s+(?:all|what)\s+i\s+(?:want|need|like)\b | \bwhat\s+i\s+(?:want|need|like)\b
    | ^(?:make|say|put|keep|use|write|give|start|begin|end|close|finish|open|show|add|set|mark|wrap|lead|tell|let|do
        |answer|reply|respond|state|sum|list|break|split|number|greet|address|call|ask|wish|avoid|stop|stick|leave|drop
        |skip|go|speak|talk|switch|explain|format|always|never|don't)\b
    | \b(?:always|never)\b | \bfor\s+me\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_WISH = re.compile(
    r"""
    \d | ^(?:can|could|would)\s+you\s+(?:please\s+)?help\b | \bnot\s+how\s+i\s+like\b | \bhelp\s+me\b
    | \bi\s+(?:need|want)\s+to\s+(?:know|work|find|figure|understand|solve)\b | \bthank
    """,
    re.IGNORECASE | re.VERBOSE,
)


class RuleExtractor:
    """Keeps each sentence that asks for something and holds no number: what it asks about is a form, not a sum."""

    def __call__(self, message: str, person: str, session: int, turn: int) -> list[Card]:
        """One card per wish; its quote is a sentence of `message`, word for word."""
        return [
            new_card(sentence, Said(person, session, turn, sentence))
            for sentence in sentences(message)
            if _REQUEST.search(sentence) and not _NO_WISH.search(sentence)
        ]
