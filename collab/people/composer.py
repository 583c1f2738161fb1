"""Writes a correct reply that honours any set of values at once, or proves by failing that this composer knows none.

Such a witness is why a person's preferences may be called satisfiable, and it is what a scripted agent answers.
"""

import functools
from collections.abc import Callable, Collection, Sequence

from collab.errors import CollabError
from collab.people.checkers import CHECKERS, degenerate
from collab.people.composer_phrases import ENGLISH, FRENCH, SPANISH, Phrases
from collab.people.preference_bank import Value
from collab.problems.answers import stated_answer
from collab.problems.problem import Worked
from collab.sentences import LIST_MARK

EMOJI = ("🙂", "🌟", "🎉")


class Unsatisfiable(CollabError):
    """No reply that the composer can write passes all checkers of a set of values."""


def compose(worked: Worked, values: Sequence[Value], seed: int = 0) -> str:
    """A reply that states worked.answer and passes the checker of every value; the default reply for no values.

    The order of `values` does not matter, nor do values without a checker; `seed` varies the wording. Raises
    Unsatisfiable where one of the checkers does not accept what was written.
    """
    return composed(worked, frozenset(v.checker for v in values if v.checker), seed % 6)


@functools.lru_cache(maxsize=32768)
def composed(worked: Worked, wanted: frozenset[str], variant: int) -> str:
    for lean in range(4):
        reply = written(worked, wanted, variant, lean)
        if "long" in wanted or not CHECKERS["long"](reply):
            break
    broken = sorted(name for name in wanted if not CHECKERS[name](reply))
    if broken or degenerate(reply) or stated_answer(reply) != worked.answer:
        raise Unsatisfiable(
            f"no reply honours {', '.join(sorted(wanted))} at once; fails {', '.join(broken) or 'sense'}"
        )
    return reply


def written(worked: Worked, wanted: frozenset[str], variant: int, lean: int = 0) -> str:
    """The parts of a reply, top to bottom, in the letter case asked for (code is left as it is).

    lean leaves out what only leads in (1: the opening, 2: the first item or remark, 3: the line above a list), since
    parts that were asked for can add up to a long reply that nobody asked for.
    """
    say = SPANISH if "spanish" in wanted else FRENCH if "french" in wanted else ENGLISH
    cased: Callable[[str], str] = str.lower if "lower_case" in wanted else str.upper if "upper_case" in wanted else str
    brief = not wanted.isdisjoint(("one_sentence", "at_most_two"))
    body = brief_body(worked, say, wanted) if brief else full_body(worked, say, wanted, variant, lean)
    above = [*heading(say, wanted), *greeting(say, wanted)]
    parts = [cased(part) for part in above + body]
    parts += code_block(worked, wanted)
    parts += [cased(part) for part in ending(worked, say, wanted, brief)]
    return with_emoji("\n\n".join(parts), wanted, EMOJI[variant % len(EMOJI)])


def heading(say: Phrases, wanted: Collection[str]) -> list[str]:
    if "heading_hash" in wanted:
        return [f"## {say.heading}"]
    return [say.heading.upper()] if "heading_capitals" in wanted else []


def greeting(say: Phrases, wanted: Collection[str]) -> list[str]:
    return [say.hello] if "hello" in wanted else [say.dear_friend] if "dear_friend" in wanted else []


def brief_body(worked: Worked, say: Phrases, wanted: Collection[str]) -> list[str]:
    """One sentence with everything in it: a summary is its label, and where one sentence is all, a question its tag."""
    form = say.short
    if "answer_first" in wanted:
        form = say.short_answer_first
    elif "answer_last_line" in wanted:
        form = say.short_unlabelled
    sentence = form.format(x=marked_answer(worked, wanted), steps=say.conjunction.join(marked_steps(worked, wanted)))
    end = say.question_tag if {"one_sentence", "closing_question"} <= set(wanted) else "."
    return [" ".join([*summary_label(say, wanted), sentence + end])]


def full_body(worked: Worked, say: Phrases, wanted: Collection[str], variant: int, lean: int) -> list[str]:
    """Opening, steps and, where it is not asked for elsewhere, the answer as the last sentence."""
    answer = say.answer.format(x=marked_answer(worked, wanted))
    opening = [] if lean >= 1 else [say.openings[variant % len(say.openings)]]
    steps = marked_steps(worked, wanted)
    before = [answer, *opening] if "answer_first" in wanted else opening
    after = list(say.padding) if "long" in wanted else []
    if wanted_last(wanted):
        after.append(answer)
    if "numbered" in wanted or "bulleted" in wanted:
        items = steps if lean >= 2 and len(steps) > 1 else [say.list_first, *steps]
        marks = [f"{i}." for i in range(1, len(items) + 1)] if "numbered" in wanted else ["-"] * len(items)
        listed = "\n".join(f"{mark} {item}" for mark, item in zip(marks, items, strict=True))
        above = " ".join(before if lean >= 3 else [*before, say.list_intro])
        return [part for part in (above, listed, " ".join(after)) if part]
    told = [say.first_step.format(steps=steps[0]), *(say.next_step.format(steps=step) for step in steps[1:])]
    return [" ".join([*before, *([say.remark] if len(steps) == 1 and lean < 2 else []), *told, *after])]


def wanted_last(wanted: Collection[str]) -> bool:
    """Whether the answer ends the body: neither first nor on a line of its own."""
    return "answer_first" not in wanted and "answer_last_line" not in wanted


def code_block(worked: Worked, wanted: Collection[str]) -> list[str]:
    return ["```\n" + "\n".join(worked.steps) + "\n```"] if "code_block" in wanted else []


def ending(worked: Worked, say: Phrases, wanted: Collection[str], brief: bool) -> list[str]:
    """Summary, then the line with the answer or the closing words. A brief reply holds its summary already."""
    parts = [] if brief else [f"{label} {marked_steps(worked, wanted)[-1]}." for label in summary_label(say, wanted)]
    if "closing_question" in wanted and "one_sentence" not in wanted:
        parts.append(say.question)
    if "good_luck" in wanted:
        parts.append(say.good_luck)
    if "answer_last_line" in wanted:
        parts.append(f"{say.label} {marked_answer(worked, wanted)}")
    return parts


def summary_label(say: Phrases, wanted: Collection[str]) -> list[str]:
    return ["TL;DR:"] if "tldr" in wanted else [say.summary] if "summary_line" in wanted else []


def marked_answer(worked: Worked, wanted: Collection[str]) -> str:
    mark = "**" if "bold" in wanted else "*" if "italic" in wanted else ""
    return f"{mark}{worked.answer}{mark}"


def marked_steps(worked: Worked, wanted: Collection[str]) -> list[str]:
    return [f"`{step}`" for step in worked.steps] if "inline_code" in wanted else list(worked.steps)


def with_emoji(reply: str, wanted: Collection[str], emoji: str) -> str:
    if "emoji_at_start" in wanted:
        if LIST_MARK.match(reply):
            return f"{emoji}\n\n{reply}"
        mark, _, rest = reply.partition(" ")
        return f"{mark} {emoji} {rest}" if mark == "##" else f"{emoji} {reply}"
    if "emoji_at_end" in wanted:
        return f"{reply}{chr(10) if reply.endswith('```') else ' '}{emoji}"
    return reply
