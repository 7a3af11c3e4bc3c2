#!/usr/bin/env bash
# `make test`: builds everything and runs every test against a throw-away cluster, which is gone afterwards however
# the tests end. The last line says how many tests passed and failed; the exit status says the same.
#
#   deploy/test.sh [FILTER]   only the tests whose names match the regular expression
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
    local status=$? pid_file
    trap - EXIT INT TERM
    if [ -n "$tests_pid" ]; then
        kill -TERM -- "-$tests_pid" 2>/dev/null || true
        wait "$tests_pid" 2>/dev/null || true
    fi
    # Servers that the tests started and could not stop.
    for pid_file in "$state"/server-*.pid; do
        [ -e "$pid_file" ] && kill -KILL "$(cat "$pid_file")" 2>/dev/null
    done
    cluster_remove "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

deploy/install.sh

step "Building (debug)"
swift build --build-tests

step "Starting a throw-away PostgreSQL"
cluster_start "$state" --throw-away
cluster_status "$state"
TEST_DATABASE_URL=$(cluster_url "$state")
TEST_STATE_DIR=$state
export TEST_DATABASE_URL TEST_STATE_DIR

step "Testing: units, house rules, SQL, contracts"
report=$state/tests.log
status=0
# In a session of its own, so that whatever the tests start can be stopped with them.
setsid swift test --skip-build ${1:+--filter "$1"} > >(tee "$report") 2>&1 &
tests_pid=$!
wait "$tests_pid" || status=$?
tests_pid=''

# Swift Testing ends each test, and each case of a table of cases, with a line of its own.
count() {
    awk -v verdict="$1" '
        / Test run with / { next }
        $0 ~ " Test .* with [0-9]+ test cases? " verdict {
            match($0, /with [0-9]+ test case/); sum += substr($0, RSTART + 5, RLENGTH - 15); next }
        $0 ~ " Test .* " verdict { sum += 1 }
        END { print sum + 0 }' "$report"
}
passed=$(count 'passed after')
failed=$(count 'failed after')
skipped=$(count 'skipped')
printf '\n'
for suite in PgServerTests TidyTests ContractTests; do
    printf '   %-14s %s suites\n' "$suite" "$(grep -rlE '^@Suite' "Tests/$suite" --include='*.swift' | wc -l)"
done
printf '   %-14s %s files\n' Tests/sql "$(find Tests/sql -name '*.sql' ! -name support.sql 2>/dev/null | wc -l)"
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    printf 'The test run itself failed (exit status %s); its output stands above.\n' "$status"
    failed=1
fi
printf '%s passed, %s failed, %s skipped in %s s\n' "$passed" "$failed" "$skipped" $((SECONDS - started))
[ "$status" -eq 0 ] && [ "$failed" -eq 0 ]
