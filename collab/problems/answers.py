"""The answer that a reply states. The simulated user takes its draft from here and never reads the gold answer."""

import re
from fractions import Fraction

from collab.sentences import LIST_MARK, sentences, words

NUMBER = re.compile(
    r"(?<![\w.])[-−]?\$?\d+(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![\w.])[-−]?\$?\d+(?:[.,]\d+)?(?:\s?/\s?\d+)?(?![\d])"
)
ARITHMETIC = re.compile(r"[-−]?\d[\d.]*(?:\s*[-+×÷*/^−]\s*\d[\d.]*)+")
BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
NOUN = r"(?:answer|result|solution|respuesta|resultado|solución|réponse|résultat)"
FORM = re.compile(
    rf"\b{NOUN}\b(?:\s+(?:final|finale|to\s[^.:?\n]{{1,60}}?))?[*_]*\s*"
    r"(?:(?::|=)|\b(?:is|would be|must be|es|sería|est|sera)\b)[*_:\s]*(?=(?P<said>[^\n]+))",
    re.I,
)
LABEL = re.compile(
    r"^(?:final\s+|the\s+)?(?:answer|respuesta|réponse)\s*(?:finale?)?[*_\s]*:[*_\s]*(?P<said>\S.*)$", re.I
)
BOLD_NUMBER = re.compile(r"(?:\*\*|__)\s*([^*_\n]{1,40}?)\s*(?:\*\*|__)")
ASIDE = re.compile(r"(?:[.!?;](?=\s|$)|,(?=\s)|\s(?:because|since|as|porque|ya que|parce|car|which|so)\b)", re.I)
CONCLUDES = re.compile(
    r"=|\b(?:so|thus|therefore|hence|total|altogether|makes|gives|left|remain\w*|así|entonces|quedan|donc|reste\w*|is|are|"
    r"equals|son|es|est|sont)\b",
    re.I,
)
EARLY = re.compile(
    r"[\s*_]*(?P<number>[-−]?\$?\d[\d.,]*)[*_]*(?:(?:\s+[^\W\d_]+){1,2}[*_]*[.!](?=\s|$)|[.!]?[*_]*\s*(?:\n|$))"
)
TELLS_HOW = re.compile(
    r"(?:to|found|obtained|given|calculated|in|not|by|when|if)\b|\S+\s+(?:plus|minus|times|divided|multiplied)\b", re.I
)
HEDGE_WORDS = "not unclear unknown unsure hard difficult that what in as on below above given i we you it"
HEDGES = frozenset(HEDGE_WORDS.split())


def stated_answer(reply: str) -> str | None:
    r"""The answer that `reply` states, as short as it can be told ("17", "3/4", "B"), or None.

    Tried in this order, the last occurrence of each: \boxed{X}; "Answer: X" and "The answer is X" in English, Spanish
    and French; a number in bold; a number that is the whole first sentence; the last number of the last sentence that
    is no question. A reply that ends in a question must conclude something ("so", "=", "left" ...) for a bare number
    to count.
    """
    boxed = BOXED.findall(reply)
    if boxed:
        return short(boxed[-1]) or boxed[-1].strip()
    for form in reversed(list(FORM.finditer(reply))):
        heads_a_list = "\n" in form.group() and LIST_MARK.match(form["said"])
        said = None if heads_a_list else short(form["said"])
        if said is not None:
            return said
    bold = [n for text in BOLD_NUMBER.findall(reply) if len(words(text)) <= 4 and (n := sole_number(text))]
    if bold:
        return bold[-1]
    early = EARLY.match(reply)
    return cleaned(early["number"].rstrip(".,")) if early else last_number(reply)


def label_answer(line: str) -> str | None:
    """X of a line that reads "Answer: X", or None."""
    label = LABEL.match(line.strip(" *_#>"))
    return short(label["said"]) if label else None


def clarifying_question(reply: str) -> bool:
    """Whether `reply` asks back instead of answering: it ends in a question and states no answer."""
    asks = last_words(reply).endswith("?")
    return asks and stated_answer(reply) is None


def same_answer(one: str, other: str) -> bool:
    """Equal as numbers where both are numbers, else as text without case and marks."""
    left, right = as_fraction(one), as_fraction(other)
    if left is not None and right is not None:
        return left == right
    return one.strip(" .*_$").casefold() == other.strip(" .*_$").casefold()


def as_fraction(text: str) -> Fraction | None:
    try:
        return Fraction(cleaned(text).rstrip("."))
    except (ValueError, ZeroDivisionError):
        return None


def short(said: str) -> str | None:
    """What follows "the answer is", cut down to the answer: the number, else up to three words that are no hedge."""
    head = ASIDE.split(said, maxsplit=1)[0].strip(" *_`\"'.:")
    if "=" in head:
        head = head.rsplit("=", 1)[1].strip(" *_`$")
    if "\\" in head or ARITHMETIC.fullmatch(head.strip("$")):
        return head.strip("$ ")
    asks = said.rstrip(" *_").endswith("?")
    found = NUMBER.findall(head)
    if TELLS_HOW.match(head) or (found and not NUMBER.match(head) and (asks or len(found) > 1)):
        return None
    if found:
        return cleaned(found[0])
    kept = words(head)
    if asks or not kept or len(kept) > 3 or kept[0].casefold() in HEDGES:
        return None
    return head


def sole_number(text: str) -> str | None:
    found = NUMBER.findall(text)
    return cleaned(found[0]) if len(found) == 1 else None


def last_number(reply: str) -> str | None:
    """The last number of the last statement that holds one."""
    asks = last_words(reply).endswith("?")
    lines = sentences(reply) or tuple(line for line in reply.splitlines() if line.strip())
    for sentence in reversed(lines):
        found = NUMBER.findall(sentence)
        if sentence.rstrip(" *_`)\"'").endswith("?") or not found:
            continue
        return cleaned(found[-1]) if not asks or CONCLUDES.search(sentence) else None
    return None


def last_words(reply: str) -> str:
    """The reply up to its last letter, digit or sentence mark: emoji and closing marks are cut."""
    return re.sub(r"[^\w.!?…]+$", "", reply)


def cleaned(number: str) -> str:
    """ "$1,200" as "1200", "3,5" as "3.5"; a comma before exactly three digits separates thousands."""
    bare = re.sub(r"[\s$]", "", number).replace("−", "-")
    bare = re.sub(r",(?=\d{3}(?!\d))", "", bare)
    return bare.replace(",", ".")
