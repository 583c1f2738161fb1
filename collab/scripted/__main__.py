"""`python -m collab.scripted --port P`: serve until stopped. Loopback only."""

import argparse

from aiohttp import web

from collab.scripted.latency import MODELS, latency_model
from collab.scripted.server import ScriptedServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m collab.scripted", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", choices=sorted(MODELS), default="none", help="how long it pretends to think")
    parser.add_argument("--noise", type=float, default=0.0, help="share of stated preferences that it breaks")
    options = parser.parse_args()
    server = ScriptedServer(latency_model(options.latency), options.noise)
    web.run_app(server.app(), host="127.0.0.1", port=options.port, print=None, access_log=None, keepalive_timeout=120)


if __name__ == "__main__":
    main()
