"""Does an LLM agent that remembers a person work better with that person, session after session?"""

__version__ = "0.1.0"
