#!/usr/bin/env bash
# Listens to streams in a headless Chromium: its EventSource and WebSocket receive, are cut off as the server is killed
# or stopped, come back and miss nothing. Tests/browser/streams.py says how.
#
# Needs Debian's packages chromium, chromium-driver and python3-selenium. Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

if ! command -v chromedriver >/dev/null || ! /usr/bin/python3 -c 'import selenium' 2>/dev/null; then
    printf 'Install chromium, chromium-driver and python3-selenium for this proof.\n' >&2
    exit 1
fi
cluster=$state/cluster
mkdir "$cluster"
chmod 0711 "$cluster"

# A server that the proof could not stop.
# shellcheck disable=SC2317 # the end calls it
before_the_end() {
    local pid_file
    for pid_file in "$state"/server-*.pid; do
        if [ -e "$pid_file" ]; then kill -KILL "$(cat "$pid_file")" 2>/dev/null || true; fi
    done
}

build debug
/usr/bin/python3 -B Tests/browser/streams.py --server "$server" --state "$cluster"
