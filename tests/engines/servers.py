"""Small servers to be killed, and a runner to be killed with them. Run as scripts, by the tests' own Python."""

import subprocess
import sys
from pathlib import Path

SERVER = """
import http.server, mmap, os, signal, subprocess, sys, time
port, folder, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
open(f"{folder}/server.{os.getpid()}", "w").close()
if mode == "dies":
    print("the very reason")
    sys.exit(3)
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
shm = open(f"/dev/shm/collab-test-{port}", "w+b")
shm.truncate(4096)
held = mmap.mmap(shm.fileno(), 4096)
shm.close()
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(300)"
worker = subprocess.Popen([sys.executable, "-c", deaf])
open(f"{folder}/worker.{worker.pid}", "w").close()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        if self.path == "/die":
            os._exit(9)
    def log_message(self, *words):
        pass
if mode == "starting":
    time.sleep(300)
class Server(http.server.ThreadingHTTPServer):
    allow_reuse_address = True
Server(("127.0.0.1", port), Answer).serve_forever()
"""

RUNNER = """
import asyncio, sys
from pathlib import Path
from collab.engines.process import EngineCommand
from collab.engines.supervise import engine_running
key, port, log, *argv = sys.argv[1:]
async def main():
    command = EngineCommand("test server", tuple(argv), f"http://127.0.0.1:{port}")
    async with engine_running(command, Path(log), key):
        print("healthy", flush=True)
        await asyncio.sleep(300)
asyncio.run(main())
"""


def server_argv(folder: Path, port: int, mode: str = "good") -> tuple[str, ...]:
    """good; deaf (ignores SIGTERM); starting (never healthy); dies (at once, exit 3)."""
    return (sys.executable, "-c", SERVER, str(port), str(folder), mode)


def start_runner(folder: Path, key: str, port: int, mode: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", RUNNER, key, str(port), str(folder / "log"), *server_argv(folder, port, mode)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
