"""One conversation, straight-line: who speaks when, what ends it, what it measured."""
