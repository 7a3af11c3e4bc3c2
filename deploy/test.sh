#!/usr/bin/env bash
# `make test`: builds everything and runs every test against a throw-away cluster, which is gone afterwards however
# the tests end. The last line says how many tests passed and failed; the exit status says the same.
#
#   deploy/test.sh [FILTER]   only the tests whose names match the regular expression
#
# SANITIZER=address or thread builds and runs them with it, in a folder of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

state=$(mktemp -d "${TMPDIR:-/tmp}/pg-server-test.XXXXXXXX")
chmod 0711 "$state" # the cluster's user passes through it to its data
tests_pid=''
started=$SECONDS

step() { printf '== %s\n' "$*"; }

# shellcheck disable=SC2317 # the traps call it
finish() {
    local status=$? pid_file folder
    trap - EXIT INT TERM
    if [ -n "$tests_pid" ]; then
        kill -TERM -- "-$tests_pid" 2>/dev/null || true
        wait "$tests_pid" 2>/dev/null || true
    fi
    # Servers that the tests started and could not stop.
    for pid_file in "$state"/server-*.pid; do
        [ -e "$pid_file" ] && kill -KILL "$(cat "$pid_file")" 2>/dev/null
    done
    for folder in "$state"/cluster-*/; do # clusters that a test started and could not remove
        if [ -d "$folder" ]; then cluster_remove "$folder"; fi
    done
    cluster_remove "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

deploy/install.sh --for-tests

step "Building (debug)"
mkdir "$state/tmp"
# The temporary files of compiler and tests lie where they are removed with the rest. (Without colours, a build on a
# terminal and one in a log share their results.)
sanitizer=()
if [ -n "${SANITIZER:-}" ]; then sanitizer=("--sanitize=$SANITIZER" --scratch-path ".build-prove/$SANITIZER"); fi
TMPDIR=$state/tmp swift build --build-tests --no-color-diagnostics "${sanitizer[@]}"

step "Starting a throw-away PostgreSQL"
cluster_start "$state" --throw-away
cluster_status "$state"
TEST_DATABASE_URL=$(cluster_url "$state")
TEST_STATE_DIR=$state
export TEST_DATABASE_URL TEST_STATE_DIR

# Each report is read for the lines with which Swift Testing ends every test.
count() {
    awk -v verdict=" Test .* $1" '$0 ~ / Test run with / { next } $0 ~ verdict { sum += 1 } END { print sum + 0 }' "$2"
}
# What a table of cases held, and one for each test without a table.
count_cases() {
    awk '/ Test run with / { next }
        / Test .* with [0-9]+ test cases? (passed|failed) after/ {
            match($0, /with [0-9]+ test case/); sum += substr($0, RSTART + 5, RLENGTH - 15); next }
        / Test .* (passed|failed) after/ { sum += 1 }
        END { print sum + 0 }' "$1"
}

passed=0 failed=0 skipped=0 cases=0 summary=''
run_tests() {
    local title=$1 filter=$2 report status=0
    report=$state/tests-$3.log
    step "Testing: $title"
    # In a session of its own, so that whatever the tests start can be stopped with them.
    TMPDIR=$state/tmp setsid swift test --skip-build "${sanitizer[@]}" --filter "$filter" > >(tee "$report") 2>&1 &
    tests_pid=$!
    wait "$tests_pid" || status=$?
    tests_pid=''
    local new_passed new_failed new_skipped new_cases
    new_passed=$(count 'passed after' "$report")
    new_failed=$(count 'failed after' "$report")
    new_skipped=$(count 'skipped' "$report")
    new_cases=$(count_cases "$report")
    if [ "$status" -ne 0 ] && [ "$new_failed" -eq 0 ]; then
        printf 'The test run itself failed (exit status %s); its output stands above.\n' "$status"
        new_failed=1
    fi
    passed=$((passed + new_passed)) failed=$((failed + new_failed))
    skipped=$((skipped + new_skipped)) cases=$((cases + new_cases))
    grep -aE '✘ Test .* recorded an issue' "$report" | cut -c1-400 >>"$state/failures" || true
    summary+=$(printf '   %-28s %5s passed %4s failed %4s skipped' "$title" "$new_passed" "$new_failed" "$new_skipped")$'\n'
}

if [ $# -gt 0 ]; then
    run_tests "tests that match $1" "$1" some
else
    run_tests "units" '^PgServerTests\.' units
    run_tests "house rules" '^TidyTests\.' rules
    run_tests "SQL" '^ContractTests\.SQLTests' sql
    run_tests "the running server" '^ContractTests\.(?!SQLTests)' contracts
fi

# Why, once more, where a log that shows its end alone still shows it.
if [ -s "$state/failures" ]; then printf '\n' && cat "$state/failures"; fi
printf '\n%s' "$summary"
printf '   %s cases in %s s\n' "$cases" $((SECONDS - started))
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
if [ "$((passed + failed))" -eq 0 ]; then
    printf 'No test ran.\n'
    exit 1
fi
[ "$failed" -eq 0 ]
