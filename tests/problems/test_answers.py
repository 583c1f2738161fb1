"""The draft is what the reply states: a wrong reading here is a wrong grade in every table."""

import pytest

from collab.problems.answers import clarifying_question, same_answer, stated_answer
from collab.sentences import sentences

STATED = [
    ("The answer is 17.", "17"),
    ("Answer: 17", "17"),
    ("**Answer:** 17", "17"),
    ("Answer: **17 apples**", "17"),
    ("Answer:\n**17**", "17"),
    ("The answer is:\n\n17", "17"),
    ("So, the final answer is $3.50.", "3.50"),
    ("The answer is 3/4.", "3/4"),
    ("The answer is 1,200 coins.", "1200"),
    ("Answer: -4", "-4"),
    ("The answer is x = 5", "5"),
    ("The answer is `17`.", "17"),
    ("The answer is 17 🙂", "17"),
    ("The answer is 12 + 5 = 17.", "17"),
    ("The answer is 20 - 3.", "20 - 3"),
    ("The answer is B.", "B"),
    (r"Thus \boxed{42}.", "42"),
    (r"Final answer: $\frac{3}{4}$", r"\frac{3}{4}"),
    ("La respuesta es 14.", "14"),
    ("Respuesta: 14", "14"),
    ("La solución es 9 manzanas.", "9"),
    ("La réponse est 14.", "14"),
    ("Réponse : 14", "14"),
    ("the answer is 17, because 12 + 5 = 17", "17"),
    ("THE ANSWER IS 17, IS THAT CLEAR?", "17"),
    ("The answer is 17. Does that help?", "17"),
    ("I think the answer to your question is 17.", "17"),
    ("12 + 5 = 17. So Tom has 17 apples.", "17"),
    ("12 + 5 = 17. Is that clear?", "17"),
    ("17. Because 12 + 5 = 17.", "17"),
    ("Tom has **17** apples now. He had 12.", "17"),
    ("1. 12 + 5 = 17\n2. 17 - 3 = 14", "14"),
    ("The solution is to add 12 and 5. That gives 17.", "17"),
    ("To find the answer: first add 12 and 5. Then we have 17 apples.", "17"),
    ("Solution:\n1. Add 12 and 5\n2. 12 + 5 = 17", "17"),
    ("The answer is 12 plus 5. So he has 17.", "17"),
    ("The answer is that Tom has 17 apples.", "17"),
    ("17 apples. He had 12 and got 5.", "17"),
    ("**17**\n\nHe had 12 and got 5.", "17"),
    ("17\n\nHe had 12 and got 5.", "17"),
    ("The result is found by adding 12. In total it is 17.", "17"),
    ("The answer is 9. No, wait. The answer is 8.", "8"),
    ("How many apples did Tom have?", None),
    ("You said Tom had 12 apples. How many did he give away?", None),
    ("What is the answer: do you want it in 3 steps?", None),
    ("The answer is not clear.", None),
    ("I don't know.", None),
    ("", None),
]


@pytest.mark.parametrize(("reply", "answer"), STATED)
def test_the_draft_is_what_the_reply_states(reply: str, answer: str | None) -> None:
    assert stated_answer(reply) == answer


@pytest.mark.parametrize(
    ("reply", "asks_back"),
    [
        ("How many apples did Tom have?", True),
        ("You said Tom had 12 apples. How many did he give away?", True),
        ("Sure! What do you need? 🙂", True),
        ("The answer is 17. Does that help?", False),
        ("12 + 5 = 17. Is that clear?", False),
        ("Respuesta: 14. ¿Está claro?", False),
        ("Let me think about it.", False),
        ("", False),
    ],
)
def test_an_answer_with_a_closing_question_is_no_clarifying_question(reply: str, asks_back: bool) -> None:
    assert clarifying_question(reply) is asks_back


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("17", "17.0", True), ("1,200", "1200", True), ("1/2", "0.5", True), ("17", "18", False), ("B", "b", True)],
)
def test_two_ways_to_write_a_number_are_one_answer(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It costs 3.5 coins per box.", 1),
        ("Mr. Hugo has two cats. They both sleep.", 2),
        ("Use fruit, e.g. apples, for this. Then stop right there.", 2),
        ("1. Add the two numbers\n2. Take three away", 2),
        ("- Add the two numbers.\n- Take three away.", 2),
        ("Hello! The answer is 17. Good luck!", 1),
        ("## A heading of four words\n\nThe answer is 17.", 1),
        ("THE WHOLE SOLUTION\n\nThe answer is 17.", 1),
        ("```\nx = 1. y = 2. z = 3.\n```\nThe answer is 17.", 1),
        ("¿Está todo claro? Sí, la respuesta es 17.", 2),
        ("Est-ce que c'est clair ? La réponse est 17 !", 2),
        ("It is 12. Then we go on.", 2),
        ("It ends here... Then it goes on.", 2),
        ("no stop at the end", 1),
        ("", 0),
    ],
)
def test_a_sentence_is_counted_once(text: str, count: int) -> None:
    assert len(sentences(text)) == count, sentences(text)
