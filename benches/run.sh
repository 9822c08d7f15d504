#!/usr/bin/env bash
# Measures Trialogue beside MLflow's server over the same file and prints a Markdown report; takes about three minutes once everything is built.
#
#   bash benches/run.sh               the release program of this tree, built first
#   bash benches/run.sh PROGRAM       that program
#   bash benches/run.sh --mlflow-only
#   bash benches/run.sh --http        both servers over HTTP, on SQLite and PostgreSQL, and Trialogue over MLflow's server
#   bash benches/run.sh --mcp         over the Model Context Protocol, beside mlflow-mcp and MLflow's own server
#   bash benches/run.sh --chat        turns of conversations over HTTP, by the interpreter
#   bash benches/run.sh --server      the tools over MLflow's server instead, beside the bare calls and beside mlflow-mcp
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ "${1:-}" == --help ]]; then
    sed -n '2,/^set -/{/^#/s/^# \{0,1\}//p}' benches/run.sh
    exit
fi

if [[ "${1:-}" == --chat ]]; then
    cargo build --locked --release
    exec python3 benches/over_chat.py "${CARGO_TARGET_DIR:-target}/release/trialogue" "${@:2}"
fi

which=--environment
if [[ "${1:-}" == --server || "${1:-}" == --mcp ]]; then which=--bench-environment; fi
environment="$(bash tests/run.sh "$which")"
eval "$environment"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/trialogue"
# The peers over MCP open the file by an MLflow of their own, which refuses a newer schema than its own.
maker="$TRIALOGUE_TEST_PYTHON"
schema=mlflow-3.18.0
if [[ "${1:-}" == --mcp ]]; then
    maker="$TRIALOGUE_BENCH_PEER_PYTHON"
    schema=mlflow-mcp-0.4.1
fi
store="$cache/bench-$(cat benches/make_store.py "tests/requirements/$schema.txt" | sha256sum | cut -c 1-16).db"
if [[ ! -f "$store" ]]; then
    echo "making $store" >&2
    rm -f "$store.partial"
    "$maker" benches/make_store.py "$store.partial" >&2
    mv "$store.partial" "$store"
fi

if [[ "${1:-}" == --server ]]; then
    exec "$TRIALOGUE_TEST_PYTHON" benches/over_server.py --store "$store" --peer "$TRIALOGUE_BENCH_PEER_PYTHON" \
        --postgres "$TRIALOGUE_TEST_POSTGRES" "${@:2}"
fi

program="${1:-}"
if [[ -z "$program" || "$program" == --http || "$program" == --mcp ]]; then
    cargo build --locked --release
    program="${CARGO_TARGET_DIR:-target}/release/trialogue"
fi
if [[ "${1:-}" == --http ]]; then
    exec "$TRIALOGUE_TEST_PYTHON" benches/over_http.py "$program" --store "$store" --postgres "$TRIALOGUE_TEST_POSTGRES" "${@:2}"
fi
if [[ "${1:-}" == --mcp ]]; then
    exec "$TRIALOGUE_TEST_PYTHON" benches/over_mcp.py "$program" --store "$store" --peer "$TRIALOGUE_BENCH_PEER_PYTHON" "${@:2}"
fi
if [[ "$program" == --mlflow-only ]]; then program=""; fi
exec "$TRIALOGUE_TEST_PYTHON" benches/measure.py --store "$store" ${program:+"$program"}
