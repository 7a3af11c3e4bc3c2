#!/usr/bin/env bash
# Opens /docs and /redoc in a headless Chromium, uses them as a person would, and checks what it sees.
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
chmod 0711 "$state"
server_pid=''

# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$server_pid" ]; then
        kill -TERM "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    cluster_remove "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

swift build --product pg-server
server=$(swift build --product pg-server --show-bin-path)/pg-server
cluster_start "$state" --throw-away
cluster_create_database "$state" prove
PGSERVER_DATABASE_URL=$(cluster_url "$state" prove)
PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$state" login_password)
PGSERVER_PORT=$(cluster_choose_port)
PGSERVER_LOG=off
export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD PGSERVER_PORT PGSERVER_LOG
"$server" migrate --sql sql >"$state/migrate.log"
"$server" serve &
server_pid=$!
base=http://127.0.0.1:$PGSERVER_PORT
for _ in {1..100}; do
    curl --silent --output /dev/null --max-time 2 "$base/openapi.json" && break
    sleep 0.1
done
/usr/bin/python3 Tests/browser/docs_pages.py "$base"
