"""Stopping on purpose: no new call starts, calls in flight get a grace, and the same command goes on later."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from collab.errors import Drained, ExitCode

GRACE_S = 5.0


class Drain:
    """Set once, by a signal or by the wall clock. `exit_code` is what the process will answer."""

    def __init__(self) -> None:
        self.reason = ""
        self.exit_code = ExitCode.DONE
        self.began = asyncio.Event()
        self.impatient = asyncio.Event()

    def begin(self, reason: str, exit_code: ExitCode = ExitCode.DRAINED) -> None:
        """The first call decides; a second one ends the grace."""
        if self.began.is_set():
            self.impatient.set()
            return
        self.reason, self.exit_code = reason, exit_code
        self.began.set()

    def check(self) -> None:
        """Raise Drained when no new call may start."""
        if self.began.is_set():
            raise Drained(self.reason)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """SIGTERM and SIGUSR1 drain with 75, Ctrl-C with 130."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.begin, "interrupted", ExitCode.INTERRUPTED)
        loop.add_signal_handler(signal.SIGTERM, self.begin, "asked to stop")
        loop.add_signal_handler(signal.SIGUSR1, self.begin, "asked to stop")
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
                loop.remove_signal_handler(number)
