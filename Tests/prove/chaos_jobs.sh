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
state=${CHAOS_STATE:-}
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

jobs=${1:-10000} kills=${2:-20} server=${3:-}

# shellcheck disable=SC2317 # the end calls it
before_the_end() {
    if [ "$1" -ne 0 ]; then tail -n 5 "$state"/chaos-*.log 2>/dev/null || true; fi
}

if [ -z "$server" ]; then build debug; fi

step "Starting a PostgreSQL of its own"
cluster_start "$state"
PGSERVER_DATABASE_URL=$(cluster_url "$state")
PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$state" login_password)
PATH=$(cluster_binaries):$PATH # the psql itself, and not what chooses one
export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD PATH
migrate

step "Killing"
python3 Tests/prove/chaos_jobs.py "$server" "$state" "$jobs" "$kills" &
child=$!
wait "$child" && status=0 || status=$?
child=''
exit "$status"
