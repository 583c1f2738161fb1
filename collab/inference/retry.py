"""How often and how patiently one call is sent again."""

import random

from collab.errors import Transient

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0


class Attempts:
    """The sends of one call. A connection that died while idle is sent again at once, once, for free."""

    def __init__(self, most: int, jitter: random.Random) -> None:
        self.used = 0
        self._most = most
        self._jitter = jitter
        self._idle_forgiven = False

    def pause_after(self, error: Transient) -> float | None:
        """Seconds to wait before the next send, or None when this was the last.

        Back-off with full jitter (uniform between 0 and a doubling bound); a server's Retry-After is never undercut.
        """
        if error.idle_closed and not self._idle_forgiven:
            self._idle_forgiven = True
            return 0.0
        self.used += 1
        if self.used >= self._most:
            return None
        bound = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self.used - 1))
        return max(self._jitter.uniform(0, bound), error.retry_after or 0.0)
