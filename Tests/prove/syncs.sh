#!/usr/bin/env bash
# Kills processes of the server and PostgreSQL at random in the middle of syncs, while the source changes, and then
# compares: no row of the source may be lost, none be there twice, and counts and sums have to be the source's.
#
#   Tests/prove/syncs.sh [ROWS [KILLS [SERVER]]]    20000 rows of each of two sources; 20 kills of each
#
# SERVER is the executable, built unless given. The cluster lies in CHAOS_STATE, or in a folder of its own, and is removed
# in the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
state=${CHAOS_STATE:-}
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

server=${3:-}
killing Tests/prove/syncs.py syncs "${1:-20000}" "${2:-20}"
