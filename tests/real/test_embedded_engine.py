"""The real thing: a small model on vLLM on the CPU. One server for all tests of this file."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collab.analysis.frames import load
from collab.engines.ports import free_port
from collab.errors import ContextOverflow, Rejected, Unauthorised
from collab.inference.endpoint import Endpoint
from collab.inference.requests import ChatMessage, ChatRequest, Completion
from collab.spec import EndpointSpec, Sampling
from tests.conftest import played

pytestmark = pytest.mark.real
KEY = "a-key-of-this-test-alone"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`collab serve embedded`, as a user would start it."""
    folder, port = tmp_path_factory.mktemp("serve"), free_port()
    words = [sys.executable, "-m", "collab.cli.main", "serve", "embedded", "--port", str(port)]
    with (folder / "out").open("wb") as out:
        server = subprocess.Popen(
            [*words, "--log", str(folder / "engine.log")], stdout=out, env={**os.environ, "COLLAB_AGENT_API_KEY": KEY}
        )
    try:
        while b"ready" not in (folder / "out").read_bytes():
            assert server.poll() is None, (folder / "out").read_text()
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        assert server.wait(60) == 0


def ask(url: str, *messages: str, key: str = KEY, model: str = "agent", most: int = 24, seed: int = 1) -> Completion:
    """One call to the server, alternating user and assistant."""

    async def scenario() -> Completion:
        chat = tuple(
            ChatMessage("user" if index % 2 == 0 else "assistant", content) for index, content in enumerate(messages)
        )
        async with Endpoint("agent", EndpointSpec(urls=(url,)), key, 30) as endpoint:
            return await endpoint.chat(ChatRequest(model, chat, Sampling(max_tokens=most), seed), "test")

    return asyncio.run(scenario())


def test_a_call_alone_is_answered_the_same_under_the_same_seed(served: str) -> None:
    one, other = ask(served, "Tell me about apples."), ask(served, "Tell me about apples.")
    assert one.texts == other.texts
    assert one.usage.completion > 0 and one.finish_reasons == ("length",)


def test_a_growing_chat_is_answered_from_the_prefix_cache(served: str) -> None:
    first = "I have a basket with twelve apples, and my neighbour brings me five more of them. " * 3
    ask(served, first)
    assert ask(served, first, "You have seventeen apples.", "Are you sure?").usage.cached > 0


def test_each_refusal_of_the_real_server_gets_its_type(served: str) -> None:
    with pytest.raises(ContextOverflow):
        ask(served, "apples and pears " * 3000)
    with pytest.raises(Rejected):
        ask(served, "hi", model="another")
    with pytest.raises(Unauthorised):
        ask(served, "hi", key="wrong")


def test_the_server_counts_tokens_and_names_its_model(served: str) -> None:
    async def scenario() -> tuple[int, str, int]:
        async with Endpoint("agent", EndpointSpec(urls=(served,)), KEY, 30) as endpoint:
            model = await endpoint.served_model("agent")
            return await endpoint.count_tokens("one two three", "agent"), model.root, model.window

    count, root, window = asyncio.run(scenario())
    assert count == 3
    assert "SmolLM2-135M" in root and window == 4096


def test_the_reference_quick_test_finishes(served: str, tmp_path: Path) -> None:
    words = ["scripts/run_experiments.py", "--methods", "vanilla", "--datasets", "collab-math", "--n-profiles", "2"]
    words += ["--n-sessions", "2", "--max-turns", "8", "--use-vllm", "--vllm-agent-url", f"{served}/v1"]
    words += ["--set", "protocol.agent.sampling.max_tokens=60", "--output-dir", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "COLLAB_AGENT_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((tmp_path / "run/results.json").read_bytes())["sessions"]
    assert [row["status"] for row in rows] == ["ok"] * 4
    records = [row.record for row in load(tmp_path / "run").rows if row.record]
    assert all(record.user_tokens > 0 and record.cost["agent"].calls == record.n_agent_turns for record in records)
    written = [file.read_bytes() for file in (tmp_path / "run").rglob("*") if file.is_file()]
    assert not any(KEY.encode() in content for content in written), "the key was written into the run folder"


def test_a_killed_runner_leaves_nothing_behind_and_loses_and_doubles_no_session(tmp_path: Path) -> None:
    before = set(Path("/dev/shm").iterdir())
    folder = tmp_path / "run"
    words = ["run", "quickstart", "--n-profiles", "2", "--n-sessions", "2", "--output-dir", str(folder)]
    worker = subprocess.Popen([sys.executable, "-m", "collab.cli.main", *words], stdout=subprocess.DEVNULL)
    while worker.poll() is None and played(folder) < 2:
        time.sleep(0.05)
    assert worker.poll() is None, "the run ended before it was killed"
    worker.kill()
    worker.wait()
    there = {(row.arm, row.person, row.session): row.record for row in load(folder).rows if row.record}
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (engine_processes() or set(Path("/dev/shm").iterdir()) - before):
        time.sleep(0.5)
    assert engine_processes() == []
    assert set(Path("/dev/shm").iterdir()) - before == set()
    again = subprocess.run(
        [sys.executable, "-m", "collab.cli.main", *words], capture_output=True, text=True, timeout=240, check=False
    )
    assert again.returncode == 0, again.stdout + again.stderr
    rows = {(row.arm, row.person, row.session): row.record for row in load(folder).rows}
    assert len(rows) == 3 * 2 * 2 and all(rows.values())
    assert 2 <= len(there) < 12
    assert all(rows[key] == record for key, record in there.items()), "a committed session was played again"


def engine_processes() -> list[int]:
    """Servers started with an own run key, of any runner whose parent is not the shared server of this file."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"COLLAB_RUN_KEY=" in environment and b"COLLAB_RUN_KEY=serve-" not in environment and command:
            found.append(int(folder.name))
    return found
