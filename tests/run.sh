#!/usr/bin/env bash
# Runs the whole test suite from a fresh clone: installs what it needs, pinned, into a cache outside the clone, then checks in order of cost.
#
#   bash tests/run.sh               everything but what the next two add
#   bash tests/run.sh --full        traces, exports for other programs and the long loads too
#   bash tests/run.sh --with-model  turns with a real, small language model too
#   bash tests/run.sh clippy test   these steps only
#   bash tests/run.sh --list        the steps
#   eval "$(bash tests/run.sh --environment)"
#                                   what `cargo test` finds MLflow, PostgreSQL, the S3 server, the judges and the clients of the service by; with
#                                   `--bench-environment`, also what `benches/run.sh --server` compares with
#
# It needs cargo (the toolchain of rust-toolchain.toml), Python 3.11 and Node 20 or newer; a missing C compiler, venv module, Chromium or PostgreSQL 15
# is installed with apt where that is allowed. `cargo test` alone needs none of this: a test whose tools are not there says so and passes.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

STEPS=(fmt clippy doc test evals replicas charts apps mcp containers smoke)
FULL_STEPS=(traces exports load)
MODEL_STEPS=(model)

declare -A ABOUT=(
    [fmt]="the code is formatted"
    [clippy]="no lint is broken"
    [doc]="the documentation builds, private items and links too"
    [test]="unit tests, and the integration tests with MLflow 3.18.0, 3.17.2, 3.5.1, 2.22.5 and 2.9.2 at hand"
    [evals]="the interpreter answers the evaluation as well as was accepted, and BFCL's checker agrees on the calls"
    [replicas]="the lints hold and replicas share their state in PostgreSQL 15 with the feature \`postgres\`"
    [charts]="the charts that the tests drew compile in Vega-Lite"
    [apps]="in a browser, the view of MCP Apps draws these charts and lets nothing in, and the page at / does what it should"
    [mcp]="the Model Context Protocol is spoken as its conformance suite wants it"
    [containers]="the Dockerfiles and the compose file pass their linters"
    [smoke]="the program answers a question on the demo store"
    [traces]="the lints hold and traces reach a collector with the feature \`otel\`"
    [exports]="Inspect and promptfoo read the cases that are exported for them"
    [model]="a small language model, served by llama.cpp, talks nobody into anything, and is evaluated: recorded, replayed, compared, gated"
    [load]="the integration tests at full length and in release mode, with PostgreSQL 15 and an S3 server"
)

declare -A NEEDS=(
    [fmt]="cargo"
    [clippy]="cargo compiler"
    [doc]="cargo compiler"
    [test]="cargo compiler mlflow openapi openai mcp clients"
    [evals]="cargo compiler bfcl chromium"
    [replicas]="cargo compiler postgres"
    [charts]="cargo compiler vega"
    [apps]="cargo compiler apps chromium"
    [mcp]="cargo compiler mcp"
    [containers]="containers"
    [smoke]="cargo compiler"
    [traces]="cargo compiler"
    [exports]="cargo compiler inspect promptfoo"
    [model]="cargo compiler model"
    [load]="cargo compiler mlflow openapi openai mcp clients postgres"
)

step_fmt() { cargo fmt --check; }

step_clippy() {
    cargo clippy --locked --all-targets -- -D warnings
    cargo clippy --locked --features conformance -- -D warnings
}

step_doc() { RUSTDOCFLAGS="-Dwarnings" cargo doc --locked --no-deps --document-private-items; }

step_test() { cargo test --locked; }

step_replicas() {
    cargo clippy --locked --all-targets --features postgres -- -D warnings
    cargo test --locked --features postgres --test it -- chat::replicas layers::
}

step_evals() {
    local run
    build_program
    "$WORK/trialogue" eval run --planner scripted --require 1 --out "$WORK/evals-scripted" >/dev/null
    evaluate_offline
    for run in scripted builtin; do
        "$WORK/trialogue" eval export --format bfcl --results "$WORK/evals-$run" --out "$WORK/bfcl-$run" >/dev/null
    done
    "$WORK/trialogue" eval gate --results "$WORK/evals-builtin"
    # The page opens in a browser and shows the answer of the case that its address names.
    timeout 60 chromium --headless --no-sandbox --disable-gpu --dump-dom "file://$WORK/evals-builtin/report.html#seed.best.01" 2>/dev/null |
        grep -q 'class="bubble answer"' || fail "the page of the evaluation shows no answer"
    # Without a case in the address it shows no held-out case, only how many there are.
    timeout 60 chromium --headless --no-sandbox --disable-gpu --dump-dom "file://$WORK/evals-builtin/report.html" 2>/dev/null >"$WORK/page.html"
    if grep -Eq '"split":"heldout".*"passed":false,"scores"' "$WORK/evals-builtin/results.jsonl"; then
        grep -q 'id="hidden"' "$WORK/page.html" || fail "the page of the evaluation does not tell how many held-out cases failed"
    fi
    { grep -o '<span class="id">[^<]*' "$WORK/page.html" || true; } | sed 's/.*>//' | sort >"$WORK/shown"
    "$WORK/trialogue" eval list --cases --split heldout | sed -n 's/^  \([^ ]*\)  .*/\1/p' | sort >"$WORK/heldout"
    [[ -s "$WORK/heldout" ]] || fail "no held-out case is listed"
    [[ -z "$(comm -12 "$WORK/shown" "$WORK/heldout")" ]] || fail "the page of the evaluation shows held-out cases unasked"
    "$BFCL_PYTHON" tests/judges/check_bfcl.py evals/bfcl-disagreements.json "$WORK/bfcl-scripted" "$WORK/bfcl-builtin"
}

# The interpreter on all cases, as a fresh clone has it: the program and the cases, no environment, no key, no home, and no network where the
# system lets us take it away. The time is told, not judged: this is a debug build beside whatever else runs.
evaluate_offline() {
    local without_network=() begun="$EPOCHREALTIME"
    if unshare -rn true 2>/dev/null; then without_network=(unshare -rn); else echo "\`unshare -rn\` is not allowed here: the network stays"; fi
    mkdir "$WORK/fresh" && cp -r evals "$WORK/fresh/"
    (cd "$WORK/fresh" && timeout 300 env -i "${without_network[@]}" "$WORK/trialogue" eval run >run.log) || fail "the evaluation does not run offline"
    grep "^all " "$WORK/fresh/run.log"
    echo "offline, without a key: $(seconds_since "$begun") s"
    for file in results.jsonl report.json junit.xml report.html; do
        [[ -s "$WORK/fresh/eval-results/$file" ]] || fail "the evaluation did not write $file"
    done
    mv "$WORK/fresh/eval-results" "$WORK/evals-builtin"
}

step_charts() {
    # `test` draws the samples; without it before this step, the tests that draw have to run first.
    if ! has_samples; then cargo test --locked --test it charts::; fi
    if ! has_samples; then fail "no test wrote a chart into \$TRIALOGUE_CHART_SAMPLES"; fi
    run_beside_modules "$VEGA_DIR" tests/charts compile.mjs "$TRIALOGUE_CHART_SAMPLES"
}

step_apps() {
    # As above, for the samples and the page.
    if ! has_samples || [[ ! -f "$TRIALOGUE_CHART_SAMPLES/view.html" ]]; then cargo test --locked --lib --test it -- written_where_asked; fi
    if ! has_samples || [[ ! -f "$TRIALOGUE_CHART_SAMPLES/view.html" ]]; then fail "no test wrote view.html into \$TRIALOGUE_CHART_SAMPLES"; fi
    run_beside_modules "$APPS_DIR" tests/apps view.mjs "$TRIALOGUE_CHART_SAMPLES"
    build_program
    run_beside_modules "$APPS_DIR" tests/apps page.mjs "$WORK/trialogue" "$TRIALOGUE_CHART_SAMPLES" "${TRIALOGUE_TEST_PICTURES:-}"
}

step_mcp() {
    local suite="$TRIALOGUE_TEST_NODE_MCP/node_modules/@modelcontextprotocol/conformance/dist/index.js"
    local suite_of_2025="$TRIALOGUE_TEST_NODE_MCP/node_modules/conformance-of-2025/dist/index.js"
    echo "server: []" >"$WORK/nothing.yml"
    # The handler with the suite's fixtures: all that the revision requires passes.
    serve_demo --features conformance
    conformance "$suite" --requirements 2026-07-28 --expected-failures "$WORK/nothing.yml"
    stop_demo
    # The product: the same but for what wants fixtures, and a tools/list that clients of the first TypeScript SDK can read.
    serve_demo
    conformance "$suite" --requirements 2026-07-28 --expected-failures tests/mcp/baseline.yml
    conformance "$suite_of_2025" --scenario tools-list
    stop_demo
}

# conformance SUITE ARGUMENTS...: puts the service at $DEMO to the suite, and shows its summary, or all of it where something fails.
conformance() {
    local suite="$1" log="$WORK/conformance.log"
    shift
    if ! timeout 300 "$TRIALOGUE_TEST_NODE_MCP/node" "$suite" server --url "$DEMO/mcp" -o "$WORK/conformance" "$@" &>"$log"; then
        cat "$log"
        fail "the conformance suite is not content; see above"
    fi
    sed -n '/^=== SUMMARY/,$p; /^Test Results/,$p' "$log"
}

# serve_demo FLAGS...: builds the program with cargo's FLAGS and serves the demo store until stop_demo; DEMO is its address.
serve_demo() {
    local waited=0
    build_program "$@"
    : >"$WORK/serve.log"
    TRIALOGUE_STATE="$WORK/state.db" timeout 600 "$WORK/trialogue" --demo serve --port 0 --log-format text 2>"$WORK/serve.log" &
    DEMO_PROCESS=$!
    until DEMO="$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$WORK/serve.log" | head -n 1)" && [[ -n "$DEMO" ]]; do
        if [[ $((waited++)) == 300 ]] || ! kill -0 "$DEMO_PROCESS" 2>/dev/null; then
            cat "$WORK/serve.log"
            fail "the service did not start"
        fi
        sleep 0.1
    done
}

# build_program FLAGS...: the program, built with cargo's FLAGS, as $WORK/trialogue: a copy, which the next build does not touch.
build_program() {
    local program
    cargo build --locked --quiet "$@"
    program="$(cargo metadata --locked --no-deps --format-version 1 | grep -o '"target_directory":"[^"]*"' | cut -d '"' -f 4)/debug/trialogue"
    cp "$program" "$WORK/trialogue"
}

stop_demo() {
    if [[ -n "$DEMO_PROCESS" ]]; then
        kill "$DEMO_PROCESS" 2>/dev/null || true
        wait "$DEMO_PROCESS" || true
    fi
    DEMO_PROCESS=""
}

step_containers() {
    "$LINTERS/hadolint" Dockerfile deploy/mlflow.Dockerfile
    "$LINTERS/check-jsonschema" --builtin-schema vendor.compose-spec compose.yaml
}

step_smoke() {
    local answer
    answer="$(cargo run --locked --quiet -- ask --demo "Which run had the highest F1 score?" </dev/null)"
    echo "$answer"
    grep -q "0\.912" <<<"$answer" || fail "the answer should name the best score of the demo store, 0.912"
}

step_traces() {
    cargo clippy --locked --all-targets --features otel -- -D warnings
    cargo test --locked --features otel --test it -- traces:: layers::
}

step_exports() {
    local format
    build_program
    for format in inspect promptfoo jsonl; do "$WORK/trialogue" eval export --format "$format" --out "$WORK/exports/$format" >/dev/null; done
    "$INSPECT_PYTHON" tests/judges/check_inspect.py "$WORK/exports/inspect/samples.jsonl" "$WORK/exports/jsonl"
    cp tests/promptfoo/* "$PROMPTFOO_DIR/"
    timeout 120 "$PROMPTFOO_DIR/node" "$PROMPTFOO_DIR/check.mjs" "$WORK/exports/promptfoo"
}

# One at a time: each has a server that wants all processors.
step_model() { cargo test --locked --test it -- --nocapture --test-threads 1 chat::small_model:: evals::circle::a_real_model; }

step_load() {
    export TRIALOGUE_TEST_FULL=1
    cargo test --locked --release --test it -- --skip rest::load::
    # What is measured is measured alone.
    cargo test --locked --release --test it -- --test-threads 1 rest::load::
}

has_samples() { compgen -G "$TRIALOGUE_CHART_SAMPLES/*.vl.json" >/dev/null; }

# run_beside_modules MODULES SCRIPTS SCRIPT ARGUMENTS...: Node looks for modules beside the script, and the clone is to stay clean, so the
# scripts go to the modules.
run_beside_modules() {
    local beside_modules status=0 scripts="$2" script="$3"
    beside_modules="$(mktemp -d "$1/run.XXXXXX")"
    shift 3
    cp "$scripts"/* "$beside_modules/"
    node "$beside_modules/$script" "$@" || status=$?
    rm -rf "$beside_modules"
    return "$status"
}

need_cargo() { command -v cargo >/dev/null || fail "cargo is needed; rust-toolchain.toml says which"; }

# SQLite and the TLS library are C.
need_compiler() { command -v cc >/dev/null || apt_install gcc libc6-dev; }

need_mlflow() {
    local python newest last_but_one middle last_2 oldest
    need_venv
    python="$(python_3_11)"
    newest="$(python_environment "$python" mlflow-3.18.0)"
    last_but_one="$(python_environment "$python" mlflow-3.17.2)"
    middle="$(python_environment "$python" mlflow-3.5.1)"
    last_2="$(python_environment "$python" mlflow-2.22.5)"
    oldest="$(python_environment "$python" mlflow-2.9.2)"
    export TRIALOGUE_TEST_PYTHON="$newest/bin/python"
    export TRIALOGUE_TEST_PYTHON_3_17="$last_but_one/bin/python"
    export TRIALOGUE_TEST_PYTHON_3_5="$middle/bin/python"
    export TRIALOGUE_TEST_PYTHON_2_22="$last_2/bin/python"
    export TRIALOGUE_TEST_PYTHON_OLD="$oldest/bin/python"
    # The S3 server comes as a Python package.
    export TRIALOGUE_TEST_WEED="$newest/bin/weed"
}

need_openapi() {
    local environment
    need_venv
    environment="$(python_environment "$(python_3_11)" openapi)"
    export TRIALOGUE_TEST_PYTHON_OPENAPI="$environment/bin/python"
    environment="$(python_environment "$(python_3_11)" schemathesis)"
    export TRIALOGUE_TEST_SCHEMATHESIS="$environment/bin/schemathesis"
}

need_openai() {
    local environment
    need_venv
    environment="$(python_environment "$(python_3_11)" openai)"
    export TRIALOGUE_TEST_PYTHON_CHAT_CLIENT="$environment/bin/python"
}

need_model() {
    local environment
    need_venv
    environment="$(python_environment "$(python_3_11)" model)"
    export TRIALOGUE_TEST_PYTHON_MODEL="$environment/bin/python"
}

need_bfcl() {
    local environment
    need_venv
    environment="$(python_environment "$(python_3_11)" bfcl)"
    BFCL_PYTHON="$environment/bin/python"
}

need_inspect() {
    local environment
    need_venv
    environment="$(python_environment "$(python_3_11)" inspect)"
    INSPECT_PYTHON="$environment/bin/python"
}

need_promptfoo() {
    command -v npm >/dev/null || fail "npm is needed"
    PROMPTFOO_DIR="$(pinned promptfoo "$(uname -m)" install_promptfoo tests/requirements/promptfoo.txt)"
}

need_containers() {
    local environment
    need_venv
    environment="$(python_environment "$(python_3_11)" containers)"
    LINTERS="$environment/bin"
}

need_venv() { "$(python_3_11)" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3.11-venv; }

# Only for benches.
need_peer() {
    local python
    python="$(python_environment "$(python_3_11)" mlflow-mcp-0.4.1)"
    export TRIALOGUE_BENCH_PEER_PYTHON="$python/bin/python"
}

need_postgres() {
    local programs=/usr/lib/postgresql/15/bin
    [[ -x "$programs/initdb" ]] || apt_install postgresql-15
    export TRIALOGUE_TEST_POSTGRES="$programs"
}

need_vega() { VEGA_DIR="$(node_environment vega tests/charts)"; }

need_apps() { APPS_DIR="$(node_environment apps tests/apps)"; }

need_chromium() {
    command -v chromium >/dev/null || apt_install chromium
    TRIALOGUE_TEST_CHROMIUM="$(command -v chromium)"
    export TRIALOGUE_TEST_CHROMIUM
}

# What the conformance suite and the clients of the Model Context Protocol need: packages, and the Node that they run on.
need_mcp() {
    local environment
    need_venv
    environment="$(python_environment "$(python_3_11)" mcp)"
    export TRIALOGUE_TEST_PYTHON_MCP="$environment/bin/python"
    command -v npm >/dev/null || fail "npm is needed"
    TRIALOGUE_TEST_NODE_MCP="$(pinned mcp-suite "$(uname -m)" install_node_modules_and_node tests/mcp/package.json tests/mcp/package-lock.json)"
    export TRIALOGUE_TEST_NODE_MCP
}

# The chat clients for Node, and the Node that they run on.
need_clients() {
    command -v npm >/dev/null || fail "npm is needed"
    TRIALOGUE_TEST_NODE_CLIENTS="$(pinned chat-clients "$(uname -m)" install_node_modules_and_node tests/clients/package.json tests/clients/package-lock.json)"
    export TRIALOGUE_TEST_NODE_CLIENTS
}

python_3_11() {
    local candidate
    for candidate in python3.11 python3; do
        if [[ "$("$candidate" -c 'import sys; print(sys.version_info[:2] == (3, 11))' 2>/dev/null)" == True ]]; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 is needed, and neither \`python3.11\` nor \`python3\` is that"
}

# Installs Debian packages, or says which are missing where it may not.
apt_install() {
    if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then fail "please install: $*"; fi
    echo "installing $* with apt"
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } &>"$WORK/apt.log"; then
        tail -n 20 "$WORK/apt.log" >&2
        fail "apt could not install $*"
    fi
}

# python_environment PYTHON NAME: the folder of an environment with exactly the packages of tests/requirements/NAME.txt.
python_environment() {
    pinned "$2" "$("$1" -c 'import sys; print(sys.executable, sys.version)')" "install_python_packages $1" "tests/requirements/$2.txt"
}

# The requirements are a whole freeze, so pip has nothing to resolve; wheels only, so no package runs code while it is installed.
install_python_packages() {
    local python="$1" directory="$2" requirements="$3"
    "$python" -m venv "$directory" &&
        "$directory/bin/python" -m pip install --no-input --progress-bar off --disable-pip-version-check \
            --no-deps --only-binary :all: -r "$requirements" 2>&1 | show_progress "$(grep -c == "$requirements")"
}

# node_environment NAME PINS: the folder of the modules that PINS/package-lock.json names.
node_environment() {
    [[ "$(node --version)" =~ ^v([0-9]+) && "${BASH_REMATCH[1]}" -ge 20 ]] || fail "Node 20 or newer is needed"
    pinned "$1" "$(node --version)" install_node_modules "$2/package.json" "$2/package-lock.json"
}

install_node_modules() {
    local directory="$1"
    mkdir -p "$directory" && cp "$2" "$3" "$directory/" && npm ci --prefix "$directory" --ignore-scripts --no-audit --no-fund 2>&1
}

install_node_modules_and_node() {
    install_node_modules "$@" && ln -s "$(cd "$1" && echo node_modules/node-linux-*/bin/node)" "$1/node" && "$1/node" --version
}

install_promptfoo() {
    local directory="$1" machine=x64
    if [[ "$(uname -m)" == aarch64 ]]; then machine=arm64; fi
    mkdir -p "$directory" && grep -v '^#' "$2" | sed "s/MACHINE/$machine/" |
        xargs npm install --prefix "$directory" --ignore-scripts --omit=optional --omit=peer --no-package-lock --no-audit --no-fund 2>&1 &&
        ln -s "node_modules/node-linux-$machine/bin/node" "$directory/node" && "$directory/node" --version
}

# Passes pip's words on to the log, and says now and then on the terminal how far it is.
show_progress() {
    awk -v total="$1" '
        { print }
        /^(Collecting|Requirement already)/ && ++packages % 25 == 0 { print "  " packages " of " total " packages fetched" > "/dev/stderr" }
        /^Installing collected/ { print "  all fetched, unpacking" > "/dev/stderr" }'
}

# pinned NAME MACHINE INSTALL PINS...: prints the folder of the cache that INSTALL filled from the files PINS, once for all runs.
# Its name ends in a hash of the pins and of what else decides its content, MACHINE, so new pins get a new folder.
pinned() {
    local name="$1" machine="$2" install="$3" hash directory
    shift 3
    hash="$({ echo "$machine" && cat "$@"; } | sha256sum | cut -c 1-16)"
    directory="$CACHE/$name-$hash"
    if [[ ! -f "$directory/.finished" ]]; then
        mkdir -p "$CACHE"
        exec 9>"$CACHE/lock" # given up when the calling $(…) ends
        if ! flock --nonblock 9; then
            echo "waiting for another run that fills $CACHE" >&2
            flock 9
        fi
    fi
    if [[ ! -f "$directory/.finished" ]]; then
        echo "installing $name into $directory" >&2
        rm -rf "$directory" # a half-made one, if any
        if ! $install "$directory" "$@" >"$WORK/$name.log"; then
            tail -n 20 "$WORK/$name.log" >&2
            fail "$name could not be installed"
        fi
        touch "$directory/.finished"
    fi
    echo "$directory"
}

fail() {
    echo "error: $*" >&2
    exit 1
}

# Leaves no process and no file behind; says what failed, whether a command of a step or what the step needed.
finish() {
    local status=$?
    stop_demo
    rm -rf "$WORK"
    if [[ "$status" != 0 && -n "$STEP" ]]; then
        echo "FAILED: $STEP, after $(seconds_since "$STEP_START") s (before it:${SUMMARY:- nothing}). It alone: bash tests/run.sh $STEP"
    fi
}

seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }

usage() { sed -n '2,/^set -/{/^#/s/^# \{0,1\}//p}' tests/run.sh; }

list_steps() {
    local step
    for step in "${STEPS[@]}"; do printf '%-10s %s\n' "$step" "${ABOUT[$step]}"; done
    for step in "${FULL_STEPS[@]}"; do printf '%-10s %s (with --full)\n' "$step" "${ABOUT[$step]}"; done
    for step in "${MODEL_STEPS[@]}"; do printf '%-10s %s (with --with-model)\n' "$step" "${ABOUT[$step]}"; done
}

run_step() {
    local need seconds
    STEP="$1" STEP_START="$EPOCHREALTIME"
    echo "==> $STEP: ${ABOUT[$STEP]}"
    for need in ${NEEDS[$STEP]}; do "need_$need"; done
    "step_$STEP"
    seconds="$(seconds_since "$STEP_START")"
    echo "==> $STEP: passed in $seconds s"
    SUMMARY+=" $STEP $seconds s"
    STEP=""
}

chosen=()
full=no
with_model=no
only_environment=no
for argument in "$@"; do
    case "$argument" in
        --help | -h) usage && exit ;;
        --list) list_steps && exit ;;
        --environment) only_environment=yes ;;
        --bench-environment) only_environment=bench ;;
        --full) full=yes ;;
        --with-model) with_model=yes ;;
        *)
            if [[ -z "${ABOUT[$argument]:-}" ]]; then
                echo "error: there is no step \`$argument\`; the steps are: ${STEPS[*]} ${FULL_STEPS[*]} ${MODEL_STEPS[*]}" >&2
                exit 2
            fi
            chosen+=("$argument")
            ;;
    esac
done
if [[ "${#chosen[@]}" == 0 ]]; then chosen=("${STEPS[@]}"); fi
if [[ "$full" == yes ]]; then chosen+=("${FULL_STEPS[@]}"); fi
if [[ "$with_model" == yes ]]; then chosen+=("${MODEL_STEPS[@]}"); fi

CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/trialogue"
WORK="$(mktemp -d)"
STEP="" STEP_START="" SUMMARY="" DEMO="" DEMO_PROCESS=""
trap finish EXIT
export TRIALOGUE_CHART_SAMPLES="$WORK/charts"
mkdir "$TRIALOGUE_CHART_SAMPLES"

if [[ "$only_environment" != no ]]; then
    { need_mlflow; need_openapi; need_openai; need_mcp; need_clients; need_postgres; } >&2
    if [[ "$only_environment" == bench ]]; then need_peer >&2; fi
    export -p | grep -oE 'TRIALOGUE_(TEST_(PYTHON|SCHEMATHESIS|WEED|NODE|POSTGRES)|BENCH_PEER).*' | sed 's/^/export /'
    exit
fi

run_start="$EPOCHREALTIME"
for step in "${chosen[@]}"; do run_step "$step"; done
echo "PASSED in $(seconds_since "$run_start") s:$SUMMARY"
