#!/usr/bin/env bash
# Feeds the parsers that clients reach with what libFuzzer makes up, under the address sanitizer: requests, chunked
# bodies, tokens, JSON and WebSocket frames. Fails on the first input that crashes one, or that one reads differently
# when it comes in other pieces (Tests/prove/fuzz has the properties, the first inputs and the dictionaries).
#
#   Tests/prove/fuzz.sh [SECONDS [TARGET…]]   seconds for each target, 60 unless given; all targets unless named
#
# What was found worth keeping stays in .build-prove/fuzz/corpus for the next run, an input that failed in
# .build-prove/fuzz/failed. To see one fail again: PGSERVER_FUZZ_TARGET=http .build-prove/fuzz/pg-fuzz INPUT
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(http chunked jwt json websocket)
build=.build-prove/fuzz
input_byte_count_max=600

step() { printf '== %s\n' "$*"; }

# The outer rooms need no more than each other and OpenSSL. They are compiled as one module with the targets, since
# only code compiled with the fuzzer's counters guides it.
step "Building the fuzzer"
mkdir -p "$build/failed"
sources=(Tests/prove/fuzz/*.swift)
for room in Problem HTTP WebSocket Routing Binding Auth; do sources+=(Sources/PgServer/"$room"/*.swift); done
read -r -a openssl <<<"$(pkg-config --cflags --libs openssl)"
swiftc -swift-version 6 -O -gline-tables-only -wmo -assert-config Debug -parse-as-library -module-name PgServerFuzz \
    -sanitize=fuzzer,address -use-ld=lld -I Sources/COpenSSL "${sources[@]}" -o "$build/pg-fuzz" "${openssl[@]}"

failed=0
for target in "${targets[@]}"; do
    step "Fuzzing $target for $seconds s"
    corpus=$build/corpus/$target
    mkdir -p "$corpus"
    number=0
    while IFS= read -r seed; do
        number=$((number + 1))
        printf '%b' "$seed" >"$corpus/seed-$number"
    done <"Tests/prove/fuzz/$target.seeds"
    log=$build/$target.log
    # The keys, which live as long as the process, are held by tagged pointers, which the search for leaks does not
    # follow. What an input leaks there comes to light by the bound of the memory.
    detect_leaks=1
    [ "$target" != jwt ] || detect_leaks=0
    if ! SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=$detect_leaks PGSERVER_FUZZ_TARGET=$target \
        nice -n 19 "$build/pg-fuzz" "$corpus" \
        -dict="Tests/prove/fuzz/$target.dict" -max_total_time="$seconds" -max_len="$input_byte_count_max" \
        -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$build/failed/$target-" -print_final_stats=1 \
        >"$log" 2>&1; then
        failed=1
        grep -E 'Fatal error|ERROR: |SUMMARY: |Test unit written' "$log" || tail -n 20 "$log"
    fi
    count=$(sed -nE 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    reached=$(sed -nE 's/.* cov: ([0-9]+) .*/\1/p' "$log" | tail -n 1)
    printf '%s: %s executions, %s places reached, %s inputs kept\n' \
        "$target" "${count:-unknown}" "${reached:-unknown}" "$(find "$corpus" -type f | wc -l)"
done
exit "$failed"
