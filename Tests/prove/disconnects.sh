#!/usr/bin/env bash
# Thousands of clients that leave at random moments, while others share their connections to PostgreSQL: each query that
# nobody waits for any more has to be gone from pg_stat_activity within a second, and no other client may notice.
#
#   Tests/prove/disconnects.sh [CLIENTS] [SERVER]    clients that leave, 5000 unless given; an executable to try
#
# Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

clients=${1:-5000}
server=${2:-}
state=$(mktemp -d "${TMPDIR:-/tmp}/pg-server-prove.XXXXXXXX")
chmod 0711 "$state"
server_pid=''

step() { printf '== %s\n' "$*"; }

# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$server_pid" ]; then
        kill -TERM "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    cluster_remove "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "$server" ]; then
    step "Building"
    swift build --product pg-server
    server=$(swift build --product pg-server --show-bin-path)/pg-server
fi

step "Starting a throw-away PostgreSQL"
cluster_start "$state" --throw-away
cluster_create_database "$state" prove
PGSERVER_DATABASE_URL=$(cluster_url "$state" prove)
PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$state" login_password)
PGSERVER_PORT=$(cluster_choose_port)
export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD PGSERVER_PORT
"$server" migrate --sql sql >"$state/migrate.log" 2>&1 || { cat "$state/migrate.log"; exit 1; }
"$server" rotate-keys --if-missing >>"$state/migrate.log"
cluster_psql "$state" prove --quiet --set=ON_ERROR_STOP=1 --output=/dev/null --file=Tests/prove/disconnects/routes.sql

# Few connections, so that everybody has neighbours.
PGSERVER_POOL_FAST=2 PGSERVER_POOL_SLOW=2 PGSERVER_REACTORS=2 PGSERVER_QUEUE_TIMEOUT=20s PGSERVER_LOG=off \
    "$server" serve >"$state/server.log" 2>&1 &
server_pid=$!
curl --silent --output /dev/null --retry 100 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$PGSERVER_PORT/openapi.json"

step "$clients clients leave"
PGPASSWORD=$(cat "$state/administrator_password") PGHOST=127.0.0.1 PGPORT=$(cat "$state/port") PGUSER=postgres PGDATABASE=prove \
    timeout 1200 python3 Tests/prove/disconnects/leave.py "$PGSERVER_PORT" "$clients"
kill -0 "$server_pid"
