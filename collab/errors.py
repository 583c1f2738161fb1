"""Every way a run can end badly, as a type that knows its exit code.

Three families. `WrongInput` is refused before anything is started or written. `CallFailed` and its kinds are decided
once, at the border to a server (`collab.inference`), and carry what a retry needs to know. The rest end a worker.
A bug is none of these: it keeps its own traceback and the process answers 1.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process answers with; scripts and SLURM jobs decide by it."""

    DONE = 0
    BUG = 1
    WRONG_INPUT = 2
    FAILED_SESSIONS = 3
    ENGINE_LOST = 70
    STORE_FULL = 73
    DRAINED = 75
    INTERRUPTED = 130


class CollabError(Exception):
    """What a person can do something about. `exit_code` is what the process answers with."""

    exit_code = ExitCode.BUG


class WrongInput(CollabError):
    """Refused before anything was started or written."""

    exit_code = ExitCode.WRONG_INPUT

    def __init__(self, where: str, found: str, expected: str, mend: str = "") -> None:
        """where: file, line and field, or the flag; mend: one sentence that gets the person further."""
        super().__init__(f"{where}: found {found}; expected {expected}." + (f" {mend}" if mend else ""))


class Unusable(CollabError):
    """The machine lacks something that a command of ours can name; the message holds the mend."""

    exit_code = ExitCode.WRONG_INPUT


class EngineLost(CollabError):
    """An engine could not be started, or died again and again without answering a call in between."""

    exit_code = ExitCode.ENGINE_LOST


class StoreFull(CollabError):
    """Disk or quota: nothing that was committed is touched."""

    exit_code = ExitCode.STORE_FULL


class Drained(CollabError):
    """Asked to stop; what was not committed is played again by the same command."""

    exit_code = ExitCode.DRAINED


class CallFailed(CollabError):
    """A call to a server did not give an answer. Ends the session that needed it, as a failed row."""


class Transient(CallFailed):
    """Worth another try: 429, 5xx, a broken connection, a stall."""

    def __init__(self, message: str, retry_after: float | None = None, idle_closed: bool = False) -> None:
        """retry_after: seconds the server asked for; idle_closed: the pooled connection was dead before we used it."""
        super().__init__(message)
        self.retry_after = retry_after
        self.idle_closed = idle_closed


class ContextOverflow(CallFailed):
    """The prompt does not fit the model's window; asking again cannot help."""


class Rejected(CallFailed):
    """Any other 4xx: the server understood and refused."""


class Unauthorised(CallFailed):
    """401 or 403: the key is missing or wrong. Ends the worker, since every further call would fail alike."""

    exit_code = ExitCode.WRONG_INPUT


class EndpointDown(CollabError):
    """A server stayed away longer than the run's patience; the same command goes on when it is back."""

    exit_code = ExitCode.DRAINED


class SessionFailed(CollabError):
    """One session cannot be finished, by the fault of `role`. Its chain goes on from the state before it."""

    def __init__(self, role: str, cause: Exception) -> None:
        super().__init__(f"{role}: {type(cause).__name__}: {cause}")
        self.role = role
        self.cause = cause
