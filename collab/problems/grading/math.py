"""The grader `math`: equality as mathematics, by math-verify. Imported by the worker process alone (2 s, signals)."""

from collections.abc import Callable
from typing import Any

Verdict = tuple[bool, str]


def math_grader(seconds: float) -> Callable[[str, str], Verdict]:
    """A function (gold, draft) -> (right, why). Loads math-verify; needs a main thread, since its limits are signals.

    seconds: limit for one reading and for one comparison, each at least 1.
    """
    from math_verify import parse, verify
    from math_verify.errors import TimeoutException

    limit = max(1, int(seconds))

    def read(text: str) -> list[Any]:
        bare = text.strip()
        latex = "\\" in bare and "$" not in bare and "boxed" not in bare
        return list(parse(f"${bare}$" if latex else bare, parsing_timeout=limit))

    def equal(wanted: list[Any], found: list[Any]) -> bool:
        try:
            return bool(verify(wanted, found, timeout_seconds=limit, raise_on_error=True))
        except TimeoutException as error:  # a BaseException; swallowed by math-verify it would count as wrong
            raise TimeoutError("the comparison took too long") from error
        except Exception:  # of several readings one cannot be compared; the others still can
            return bool(verify(wanted, found, timeout_seconds=limit))

    def grade(gold: str, draft: str) -> Verdict:
        wanted, found = read(gold), read(draft)
        if not wanted:
            raise ValueError(f"the gold answer {gold!r} is no mathematics")
        if not found:
            return False, "the draft states no number or expression"
        right = equal(wanted, found)
        return right, f"read {told(found[0])}, " + ("equal" if right else f"not {told(wanted[0])}")

    return grade


def told(expression: object) -> str:
    """An expression in at most 80 characters; Python refuses to print integers of more than 4,300 digits."""
    try:
        return str(expression)[:80]
    except ValueError:
        return "a very large number"
