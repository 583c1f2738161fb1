"""No memory: every session is the first one."""

from collab.adapter import Adapter


class Vanilla(Adapter):
    """The agent sees this session and nothing else: what the base class already does."""
