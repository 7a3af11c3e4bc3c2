#!/usr/bin/env bash
# Proves that streams lose nothing, double nothing, keep the order and show nobody another's events, while writers commit
# out of order, listeners come and go, and PostgreSQL and servers are killed. Tests/prove/events/proof.py says how.
#
#   Tests/prove/events.sh [SECONDS]    600 unless given; more arguments are proof.py's, such as --seed
#
# Needs Python 3.11 and nothing of PyPI. Cluster and servers are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

seconds=${1:-600}
shift || true
state=$(mktemp -d "${TMPDIR:-/tmp}/pg-server-prove.XXXXXXXX")
mkdir "$state/cluster"
chmod 0711 "$state" "$state/cluster"
proof_pid=''

# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$proof_pid" ]; then
        kill -TERM "$proof_pid" 2>/dev/null || true
        wait "$proof_pid" 2>/dev/null || true
    fi
    cluster_remove "$state/cluster"
    rm -rf "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

swift build --product pg-server
server=$(swift build --product pg-server --show-bin-path)/pg-server
python3 -B Tests/prove/events/proof.py --server "$server" --state "$state/cluster" --seconds "$seconds" "$@" &
proof_pid=$!
status=0
wait "$proof_pid" || status=$?
proof_pid=''
exit "$status"
