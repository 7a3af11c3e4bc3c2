#!/usr/bin/env bash
# The tests under Address and Thread Sanitizer: the units, then the server itself under load, with event streams,
# WebSockets, workers, reloads of the catalog and an orderly stop.
#
#   Tests/prove/sanitizers.sh [address|thread ...]    both unless given
#
# Each has a build folder of its own below .build-prove, which git ignores. A finding fails the script and is shown.
set -euo pipefail
cd "$(dirname "$0")/../.."

# What is tried with the live server beside the load: what shares memory between threads, and what frees it.
live='^ContractTests\.(CrashTests|DisconnectTests|DrainTests|EventStreamTests|HealthTests|LogTests|MemoryTests|MetricsTests|OverloadTests|PipeliningTests|ReloadTests|SessionEndTests|StreamResilienceTests|WebSocketStreamTests|WorkerProcessTests)'
reports=$(mktemp -d "${TMPDIR:-/tmp}/pg-server-sanitizers.XXXXXXXX")
chmod 0777 "$reports"
trap 'rm -rf "$reports"' EXIT
failed=0

step() { printf '== %s\n' "$*"; }

if [ $# -eq 0 ]; then set -- address thread; fi
for sanitizer in "$@"; do
    step "Building with the $sanitizer sanitizer"
    build=(swift build --build-tests "--sanitize=$sanitizer" --scratch-path ".build-prove/$sanitizer" --no-color-diagnostics)
    "${build[@]}" | tail -n 3
    folder=$(swift build "--sanitize=$sanitizer" --scratch-path ".build-prove/$sanitizer" --show-bin-path)

    # Findings go to files and do not stop anything, so that one does not hide the next.
    common="log_path=$reports/$sanitizer:exitcode=66"
    export TSAN_OPTIONS="$common:halt_on_error=0:suppressions=$PWD/Tests/prove/sanitizers/thread.supp"
    # libpq, OpenSSL and the Swift runtime keep what they allocate once until the end, which is no leak of ours.
    export ASAN_OPTIONS="$common:detect_leaks=0"

    step "Units under the $sanitizer sanitizer"
    swift test --skip-build "--sanitize=$sanitizer" --scratch-path ".build-prove/$sanitizer" \
        --filter '^PgServerTests\.' >"$reports/units.log" 2>&1 || failed=1
    tail -n 3 "$reports/units.log"

    step "The server under load"
    bench/soak 2min --share 0.5 --listeners 60 --server "$folder/pg-server" || failed=1

    step "Tests of the running server"
    SANITIZER=$sanitizer deploy/test.sh "$live" >"$reports/live.log" 2>&1 || failed=1
    tail -n 5 "$reports/live.log"

    count=$(cat "$reports/$sanitizer".* 2>/dev/null | grep -c -E '^(SUMMARY|==.*(ERROR|WARNING))' || true)
    printf '%s sanitizer: %s findings\n' "$sanitizer" "$count"
    if [ "$count" -gt 0 ]; then
        failed=1
        cat "$reports/$sanitizer".* | head -n 120
    fi
done
exit "$failed"
