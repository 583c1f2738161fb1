"""A port on loopback for a server that we start."""

import random
import socket

from collab.errors import WrongInput

LOOPBACK = "127.0.0.1"
BELOW_EPHEMERAL = range(20000, 32768)  # the kernel hands out ports from 32768 on: none of ours is taken by chance
TRIES = 200


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(wanted: int | None = None) -> int:
    """`wanted` if it is free (WrongInput if not), else one that nobody listens on."""
    if wanted is not None:
        if is_free(wanted):
            return wanted
        raise WrongInput("port", f"{wanted}, in use", "a free one", "Stop what listens there, or name no port.")
    rng = random.SystemRandom()
    for _ in range(TRIES):
        if is_free(port := rng.choice(BELOW_EPHEMERAL)):
            return port
    raise WrongInput("port", f"none free of {TRIES} tried", "a free port on loopback")
