"""Where a session waits for its wave. The session code is the same behind every gate."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol


class Gate(Protocol):
    """One chain's place in a schedule."""

    def user_wave(self) -> AbstractAsyncContextManager[None]: ...

    def agent_wave(self) -> AbstractAsyncContextManager[None]: ...

    def leave(self) -> None:
        """Step out of the wave: the session ends, fails, or waits for a retry. The next user wave takes it in again."""


class OpenGate:
    """`continuous`: each chain moves when it can."""

    def user_wave(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def agent_wave(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def leave(self) -> None:
        """Nobody waits for us."""
