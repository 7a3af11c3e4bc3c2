#!/usr/bin/env bash
# Listens to streams in a headless Chromium: its EventSource and WebSocket receive, are cut off as the server is killed
# or stopped, come back and miss nothing. Tests/browser/streams.py says how.
#
# Needs Debian's packages chromium, chromium-driver and python3-selenium. Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

if ! command -v chromedriver >/dev/null || ! /usr/bin/python3 -c 'import selenium' 2>/dev/null; then
    printf 'Install chromium, chromium-driver and python3-selenium for this proof.\n' >&2
    exit 1
fi
state=$(mktemp -d "${TMPDIR:-/tmp}/pg-server-prove.XXXXXXXX")
mkdir "$state/cluster"
chmod 0711 "$state" "$state/cluster"

# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$? pid_file
    trap - EXIT INT TERM
    for pid_file in "$state"/server-*.pid; do # a server that the proof could not stop
        [ -e "$pid_file" ] && kill -KILL "$(cat "$pid_file")" 2>/dev/null
    done
    cluster_remove "$state/cluster"
    rm -rf "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

swift build --product pg-server
server=$(swift build --product pg-server --show-bin-path)/pg-server
/usr/bin/python3 -B Tests/browser/streams.py --server "$server" --state "$state/cluster"
