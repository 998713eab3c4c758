#!/usr/bin/env bash
# The gate's commands under the names that CI scripts know; each is one call of qgate.
set -euo pipefail

usage() {
    echo "Usage: scripts/ci-runner.sh lint | format [--fix] | test | security | full [OPTIONS]" >&2
    exit 2
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
qgate="$here/.venv/bin/qgate"
[[ -x "$qgate" ]] || qgate="$(command -v qgate)" || {
    echo "ci-runner: qgate is not installed; run \`make setup\` first." >&2
    exit 2
}

case "${1:-}" in
lint | format | test | full) exec "$qgate" "$@" ;;
security) shift && exec "$qgate" run --stages security --no-report "$@" ;;
*) usage ;;
esac
