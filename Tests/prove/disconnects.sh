#!/usr/bin/env bash
# Thousands of clients that leave at random moments, while others share their connections to PostgreSQL: each query that
# nobody waits for any more has to be gone from pg_stat_activity within a second, and no other client may notice.
#
#   Tests/prove/disconnects.sh [CLIENTS] [SERVER]    clients that leave, 5000 unless given; an executable to try
#
# Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

clients=${1:-5000}
server=${2:-}

if [ -z "$server" ]; then build debug; fi

step "Starting a throw-away PostgreSQL"
deploy
cluster_psql "$state" prove --quiet --set=ON_ERROR_STOP=1 --output=/dev/null --file=Tests/prove/disconnects/routes.sql

# Few connections, so that everybody has neighbours.
export PGSERVER_POOL_FAST=2 PGSERVER_POOL_SLOW=2 PGSERVER_REACTORS=2 PGSERVER_QUEUE_TIMEOUT=20s PGSERVER_LOG=off
serve

step "$clients clients leave"
PGPASSWORD=$(cat "$state/administrator_password") PGHOST=127.0.0.1 PGPORT=$(cat "$state/port") PGUSER=postgres PGDATABASE=prove \
    timeout 1200 python3 Tests/prove/disconnects/leave.py "$PGSERVER_PORT" "$clients"
kill -0 "$child"
