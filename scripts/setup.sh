#!/usr/bin/env bash
# The harness's environment in .venv/: seconds, no torch. `scripts/setup.sh dev` adds the tools of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.collab-${1:-user}
if [ -x .venv/bin/collab ] && [ -f "$stamp" ] && [ "$stamp" -nt pyproject.toml ] && [ "$stamp" -nt requirements/harness.lock ]; then
    exit 0
fi

# Certificates of the system: behind a proxy of a company or a campus, uv's own list is not enough.
export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true

python=""
for candidate in python3 python3.11 python3.12 python3.13 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "collab needs Python 3.11 or newer; none was found on PATH." >&2
    exit 2
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
if command -v uv >/dev/null; then
    install="uv pip install --python .venv/bin/python"
else
    [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
    install=".venv/bin/uv pip install --python .venv/bin/python"
fi
lock=requirements/harness.lock
[ "${1:-}" != dev ] || lock=requirements/dev.lock
$install --quiet --require-hashes -r "$lock"
$install --quiet --no-deps -e .
touch "$stamp"
