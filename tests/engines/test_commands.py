import socket
from pathlib import Path

import pytest

from collab.engines.doctor import check_machine
from collab.engines.embedded import embedded_command
from collab.engines.install import Installed
from collab.engines.ports import free_port
from collab.engines.scripted import scripted_command
from collab.errors import WrongInput


def test_no_secret_is_in_the_process_list_or_in_a_printed_command() -> None:
    installed = Installed(python=Path("/engine/bin/python"), model=Path("/models/small"))
    for command in (embedded_command(installed, 8101, "very-secret"), scripted_command(8102, "very-secret")):
        assert "very-secret" in command.env.values()
        assert "very-secret" not in " ".join(command.argv)
        assert "very-secret" not in repr(command)


def test_a_wanted_port_that_is_taken_is_refused_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(WrongInput, match="in use"):
            free_port(taken.getsockname()[1])


def test_a_failing_check_always_tells_the_mend() -> None:
    checks = check_machine()
    assert {"python", "memory", "disk", "shared memory", "engine"} <= {check.name for check in checks}
    assert all(check.mend for check in checks if check.ok is False)
