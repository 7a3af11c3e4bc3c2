#!/usr/bin/env bash
# Kills processes of the server and PostgreSQL at random while jobs with outside effects run. Every job has to end as it
# should, every effect's receiver has to have its key, and what came twice has to bear the same key.
#
#   Tests/prove/chaos_jobs.sh [JOBS [KILLS [SERVER]]]    10000 orders, two jobs and more for each; 20 kills of each
#
# SERVER is the executable, built unless given. The cluster writes to its disk as one in production does; it lies in
# CHAOS_STATE, or in a folder of its own, and is removed in the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

jobs=${1:-10000} kills=${2:-20} server=${3:-}
state=${CHAOS_STATE:-$(mktemp -d "${TMPDIR:-/tmp}/pg-server-prove.XXXXXXXX")}
mkdir -p "$state"
chmod 0711 "$state"
driver_pid=''

step() { printf '== %s\n' "$*"; }

# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$driver_pid" ]; then
        kill -TERM "$driver_pid" 2>/dev/null || true
        wait "$driver_pid" 2>/dev/null || true
    fi
    if [ "$status" -ne 0 ]; then tail -n 5 "$state"/chaos-*.log 2>/dev/null || true; fi
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

step "Starting a PostgreSQL of its own"
cluster_start "$state"
PGSERVER_DATABASE_URL=$(cluster_url "$state")
PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$state" login_password)
PATH=$(cluster_binaries):$PATH # the psql itself, and not what chooses one
export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD PATH
"$server" migrate --sql sql >"$state/migrate.log"
"$server" rotate-keys --if-missing >>"$state/migrate.log"

step "Killing"
python3 Tests/prove/chaos_jobs.py "$server" "$state" "$jobs" "$kills" &
driver_pid=$!
wait "$driver_pid" && status=0 || status=$?
driver_pid=''
exit "$status"
