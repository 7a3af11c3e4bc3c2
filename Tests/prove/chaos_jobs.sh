#!/usr/bin/env bash
# Kills processes of the server and PostgreSQL at random while jobs with outside effects run. Every job has to end as it
# should, every effect's receiver has to have its key, and what came twice has to bear the same key.
#
#   Tests/prove/chaos_jobs.sh [JOBS [KILLS [SERVER]]]    10000 orders, two jobs and more for each; 20 kills of each
#
# SERVER is the executable, built unless given. The cluster lies in CHAOS_STATE, or in a folder of its own, and is removed
# in the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
state=${CHAOS_STATE:-}
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

server=${3:-}
killing Tests/prove/chaos_jobs.py chaos "${1:-10000}" "${2:-20}"
