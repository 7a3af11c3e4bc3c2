#!/usr/bin/env bash
# Hands the port of a running server to a new process again and again, while new connections arrive and others are kept:
# no request may be refused, reset or left without its answer. Database and server are throw-away.
#
#   Tests/prove/handover.sh [HANDOVERS [CONNECTIONS_A_SECOND]]   100 and 1000 unless given
#
# Tests/prove/handover.py is the clients. What they measure says whether the machine had room for that many connections.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

handovers=${1:-100}
rate=${2:-1000}
time_max=3600
state=$(mktemp -d "${TMPDIR:-/tmp}/pg-server-prove.XXXXXXXX")
chmod 0711 "$state"

step() { printf '== %s\n' "$*"; }

# The process that has the port: the first one, or the last that took over.
serving() {
    local last
    last=$(sed -nE 's/.*process ([0-9]+) serves now.*/\1/p' "$state/server.log" 2>/dev/null | tail -n 1)
    printf '%s\n' "${last:-$server_pid}"
}

server_pid=''
# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$? last
    trap - EXIT INT TERM
    if [ -n "$server_pid" ]; then
        last=$(serving)
        kill -TERM "$last" 2>/dev/null || true
        timeout 30 tail --pid="$last" -f /dev/null || true
    fi
    cluster_remove "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

step "Building the server (release)"
swift build --configuration release --product pg-server
server=$(swift build --configuration release --product pg-server --show-bin-path)/pg-server

step "Starting a throw-away PostgreSQL"
cluster_start "$state" --throw-away
cluster_create_database "$state" app
PGSERVER_DATABASE_URL=$(cluster_url "$state" app)
PGSERVER_LOGIN_PASSWORD=$(cluster_secret)
export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD
"$server" migrate --sql sql >/dev/null

step "Starting the server"
port=$(cluster_choose_port)
PGSERVER_PORT=$port PGSERVER_LOG=off PGSERVER_WORKERS=2 "$server" serve >"$state/server.log" 2>&1 &
server_pid=$!
timeout 60 bash -c "until curl -fs http://127.0.0.1:$port/api/ready >/dev/null; do sleep 0.1; done"

step "Handing over $handovers times under $rate new connections a second"
timeout "$time_max" python3 Tests/prove/handover.py \
    --pid "$server_pid" --port "$port" --log "$state/server.log" --handovers "$handovers" --rate "$rate"
