"""The rule user's own sentences, beside the bank's demands. None of them asks for a form, so none may become a card."""

OPENINGS = (
    "Hi, I am stuck on something.",
    "Hello, I have a small problem.",
    "Hi there, a quick one today.",
    "I have been thinking about this for a while.",
    "Something came up this morning.",
)
VAGUE = (
    "It is about some numbers.",
    "I need to work something out.",
    "Can you help me with a sum?",
)
SMALL_TALK = (
    "It has been a long day.",
    "The weather is awful here.",
    "My coffee went cold over this.",
    "I am on the train right now.",
)
REPROACHES = (
    "That is not how I like it.",
    "Hmm, not quite.",
    "This does not work as it stands.",
    "I cannot use it like this.",
)
REMINDERS = (
    "I said this before.",
    "Still not there.",
    "We talked about this a moment ago.",
)
CLARIFICATIONS = (
    "Here is all I know:",
    "Sure, this is the whole story:",
)
ANSWER_MISSING = (
    "What number comes out in the end?",
    "And the result is what?",
    "I still do not see the result.",
)
THANKS = (
    "Thanks, that was all.",
    "That is it, thank you.",
    "Good, I am done here. Thanks!",
)
GIVING_UP = (
    "This leads nowhere. I will ask somebody else.",
    "I give up on this one. Bye.",
)
