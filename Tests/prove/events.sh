#!/usr/bin/env bash
# Proves that streams lose nothing, double nothing, keep the order and show nobody another's events, while writers commit
# out of order, listeners come and go, and PostgreSQL and servers are killed. Tests/prove/events/proof.py says how.
#
#   Tests/prove/events.sh [SECONDS]    600 unless given; more arguments are proof.py's, such as --seed
#
# Needs Python 3.11 and nothing of PyPI. Cluster and servers are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

seconds=${1:-600}
shift || true
cluster=$state/cluster
mkdir "$cluster"
chmod 0711 "$cluster"

build debug
python3 -B Tests/prove/events/proof.py --server "$server" --state "$cluster" --seconds "$seconds" "$@" &
child=$!
status=0
wait "$child" || status=$?
child=''
exit "$status"
