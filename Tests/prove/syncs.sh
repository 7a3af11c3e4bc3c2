#!/usr/bin/env bash
# Kills processes of the server and PostgreSQL at random in the middle of syncs, while the source changes, and then
# compares: no row of the source may be lost, none be there twice, and counts and sums have to be the source's.
#
#   Tests/prove/syncs.sh [ROWS [KILLS [SERVER]]]    20000 rows of each of two sources; 20 kills of each
#
# SERVER is the executable, built unless given. The cluster writes to its disk as one in production does; it lies in
# CHAOS_STATE, or in a folder of its own, and is removed in the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
state=${CHAOS_STATE:-}
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

rows=${1:-20000} kills=${2:-20} server=${3:-}

# shellcheck disable=SC2317 # the end calls it
before_the_end() {
    if [ "$1" -ne 0 ]; then tail -n 5 "$state"/syncs-*.log 2>/dev/null || true; fi
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
python3 Tests/prove/syncs.py "$server" "$state" "$rows" "$kills" &
child=$!
wait "$child" && status=0 || status=$?
child=''
exit "$status"
