#!/usr/bin/env bash
# Compares the run times of cron expressions with croniter's: some eighty expressions, each from 25 instants in 13 time
# zones, five runs ahead, most of them over a change of clocks. Tests/prove/cron/compare.py has both lists.
#
# croniter comes from PyPI into .build-prove/venv, which git ignores. The database is throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

venv=$PWD/.build-prove/venv
state=$(mktemp -d "${TMPDIR:-/tmp}/pg-server-prove.XXXXXXXX")
chmod 0711 "$state"

step() { printf '== %s\n' "$*"; }

# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$?
    trap - EXIT INT TERM
    cluster_remove "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

if ! "$venv/bin/python3" -c 'import croniter' 2>/dev/null; then
    step "Installing croniter into .build-prove"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check croniter
fi

step "Building"
swift build --product pg-server
server=$(swift build --product pg-server --show-bin-path)/pg-server

step "Starting a throw-away PostgreSQL"
cluster_start "$state" --throw-away
cluster_create_database "$state" prove
PGSERVER_DATABASE_URL=$(cluster_url "$state" prove)
PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$state" login_password)
export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD
"$server" migrate --sql sql >"$state/migrate.log"

step "Comparing with croniter $("$venv/bin/pip" show croniter 2>/dev/null | sed -n 's/^Version: //p')"
timeout 900 "$venv/bin/python3" Tests/prove/cron/compare.py "$PGSERVER_DATABASE_URL"
