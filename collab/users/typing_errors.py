"""Small slips of the finger."""

import random


def mistyped(text: str, share: float, rng: random.Random) -> str:
    """Swap two inner letters in about `share` of the words of five letters or more; numbers stay as they are."""
    words = text.split(" ")
    for index, word in enumerate(words):
        if len(word) >= 5 and word.isalpha() and word.islower() and rng.random() < share:
            at = rng.randrange(1, len(word) - 2)
            words[index] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)
