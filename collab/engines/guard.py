"""Stands between a run and a server, and ends the server when the run is gone, whatever ended it.

`python -m collab.engines.guard RUN_KEY COMMAND...`, started by `collab.engines.process` in a session of its own.
Standard input is a pipe from the runner: a byte means "the server is healthy", its end means "stop". SIGKILL of the
runner closes it too. The guard adopts every orphan below it (subreaper), so a server that dies cannot lose its workers.
Killed itself, the server gets SIGTERM from the kernel, and the next start sweeps by run key.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time

from collab.engines.leftovers import GUARD, RUN_KEY, Record, descendants, kill

SAMPLE_SECONDS = 2.0
PATIENCE_SECONDS = 20.0
PATIENCE_AT_START_SECONDS = 3.0  # vLLM does not obey SIGTERM while it starts
LONGEST_SOCKET_FOLDER = 60  # a Unix socket's path ends at 107 bytes

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

prctl = ctypes.CDLL(None, use_errno=True).prctl


def main(argv: list[str]) -> int:
    """0 when the server was stopped on request, 1 when it ended by itself."""
    runner = os.getppid()
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    wakeup = wake_on_signals()
    record = Record.create(argv[0])
    server = start(argv[1:], record)
    ready, ended = False, None
    while ended is None:
        readable, _, _ = select.select([0, wakeup], [], [], SAMPLE_SECONDS)
        stop = wakeup in readable and asks_to_stop(wakeup)
        if 0 in readable:
            ready = bool(os.read(0, 64))
            stop = stop or not ready
        ended = reap(server)
        if stop or os.getppid() != runner:
            break
        record.note(descendants(os.getpid()))
    if ended is None:
        ask(server, PATIENCE_SECONDS if ready else PATIENCE_AT_START_SECONDS, record)
    else:
        print(f"collab guard: the server ended with {in_words(ended)}", flush=True)
    kill(lambda: (reap(server), descendants(os.getpid()))[1], record.note)
    record.clear()
    return 0 if ended is None else 1


def wake_on_signals() -> int:
    """A descriptor that becomes readable on a signal, with the signal's number as a byte."""
    readable, writable = os.pipe()
    os.set_blocking(readable, False)
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return readable


def asks_to_stop(wakeup: int) -> bool:
    return any(number != signal.SIGCHLD for number in os.read(wakeup, 256))


def start(command: list[str], record: Record) -> int:
    """The server in a session of its own; returns its process id."""
    guard = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != guard:
            os._exit(1)

    env = os.environ | {RUN_KEY: record.run_key, GUARD: record.guard}
    if len(str(record.temporary)) <= LONGEST_SOCKET_FOLDER:
        env["TMPDIR"] = str(record.temporary)
    # preexec_fn is safe here: this process has one thread.
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=env, start_new_session=True, preexec_fn=in_child)
    server.returncode = 0  # we reap it ourselves, together with the orphans
    return server.pid


def reap(server: int) -> int | None:
    """Collect every dead child; the wait status of the server if it is among them."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == server:
            found = status


def ask(server: int, patience: float, record: Record) -> None:
    """SIGTERM to the server alone (it stops its own workers), then wait until all are gone or `patience` seconds."""
    record.note(descendants(os.getpid()))
    os.kill(server, signal.SIGTERM)
    os.kill(server, signal.SIGCONT)
    until = time.monotonic() + patience
    while time.monotonic() < until and descendants(os.getpid()):
        time.sleep(0.1)
        reap(server)


def in_words(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {signal.Signals(os.WTERMSIG(status)).name}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
