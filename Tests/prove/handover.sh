#!/usr/bin/env bash
# Hands the port of a running server to a new process again and again, while new connections arrive and others are kept:
# no request may be refused, reset or left without its answer. Database and server are throw-away.
#
#   Tests/prove/handover.sh [HANDOVERS [CONNECTIONS_A_SECOND]]   100 and 1000 unless given
#
# Tests/prove/handover.py is the clients. What they measure says whether the machine had room for that many connections.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

handovers=${1:-100}
rate=${2:-1000}
time_max=3600

# The process that has the port: the first one, or the last that took over.
serving() {
    local last
    last=$(sed -nE 's/.*process ([0-9]+) serves now.*/\1/p' "$state/server.log" 2>/dev/null | tail -n 1)
    printf '%s\n' "${last:-$child}"
}

# shellcheck disable=SC2317 # the end calls it
before_the_end() {
    local last
    if [ -n "$child" ]; then
        last=$(serving)
        kill -TERM "$last" 2>/dev/null || true
        timeout 30 tail --pid="$last" -f /dev/null || true
        child='' # it has ended, or handed over long ago
    fi
}

build release

step "Starting a throw-away PostgreSQL"
deploy

step "Starting the server"
export PGSERVER_LOG=off PGSERVER_WORKERS=2
serve

step "Handing over $handovers times under $rate new connections a second"
timeout "$time_max" python3 Tests/prove/handover.py \
    --pid "$child" --port "$PGSERVER_PORT" --log "$state/server.log" --handovers "$handovers" --rate "$rate"
