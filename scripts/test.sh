#!/usr/bin/env bash
# Everything that must hold, lane by lane: ./scripts/test.sh, or some of them: ./scripts/test.sh static fast
# Lanes: static, fast, scripted, real. Budgets in minutes: docs/testing.md.
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/setup.sh dev
bin=.venv/bin
lanes=("${@:-static}")
[ $# -gt 0 ] || lanes=(static fast scripted real)

for lane in "${lanes[@]}"; do
    began=$SECONDS
    echo "== lane $lane"
    case $lane in
    static)
        $bin/ruff check collab adapters scripts tests
        $bin/ruff format --check collab adapters scripts tests
        $bin/mypy
        $bin/lint-imports
        ;;
    fast) $bin/python -m pytest -q -m "not scripted and not real" ;;
    scripted) $bin/python -m pytest -q -m scripted ;;
    real)
        $bin/python -m collab.engines.install
        $bin/python -m pytest -q -m real
        ;;
    *)
        echo "unknown lane $lane: static, fast, scripted, real" >&2
        exit 2
        ;;
    esac
    echo "== lane $lane: $((SECONDS - began)) s"
done
