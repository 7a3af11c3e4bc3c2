#!/usr/bin/env bash
# `make run`: everything between a fresh clone and a server that answers. Ctrl-C stops the server and its database.
#
# PGSERVER_DATABASE_URL, if set, names the database to use; otherwise a private cluster lives in .pgserver.
# PGSERVER_PORT and every other variable of docs/OPERATING.md go to the server as they are.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

state=$PWD/.pgserver
database=pgserver
demo_tenant='Demo Company'
demo_user=demo@example.com
server_pid=''
owns_cluster=''

step() { printf '== %s\n' "$*"; }

# shellcheck disable=SC2317 # the traps call it
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$server_pid" ] && kill -0 "$server_pid" 2>/dev/null; then
        kill -TERM "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    if [ -n "$owns_cluster" ]; then
        step "Stopping PostgreSQL"
        cluster_stop "$state" || status=1
    fi
    exit "$status"
}

require_port() {
    if ! cluster_port_is_free "$PGSERVER_PORT"; then
        printf 'Port %s is taken; choose another one: make run PGSERVER_PORT=8081\n' "$PGSERVER_PORT" >&2
        exit 1
    fi
}

mkdir -p "$state"
exec 9>"$state/lock"
if ! flock --nonblock 9; then
    printf 'Another make run is at work in this folder; stop that one first.\n' >&2
    exit 1
fi

export PGSERVER_PORT=${PGSERVER_PORT:-8080}
require_port # said before the build, not minutes later

if [ -n "${PGSERVER_DATABASE_URL:-}" ]; then
    deploy/install.sh --without-server
else
    deploy/install.sh
fi

step "Building (release)"
# With colours it would be another command to the compiler: a build on a terminal and one in a log would share nothing.
build=(swift build --configuration release --product pg-server --static-swift-stdlib --no-color-diagnostics)
mkdir -p "$state/tmp" # SwiftPM leaves empty folders behind
TMPDIR=$state/tmp "${build[@]}" 9>&-
server=$(TMPDIR=$state/tmp "${build[@]}" --show-bin-path)/pg-server
rm -rf "$state/tmp"

trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "${PGSERVER_DATABASE_URL:-}" ]; then
    step "Starting PostgreSQL in .pgserver"
    owns_cluster=1
    cluster_start "$state" 9>&-
    cluster_status "$state"
    cluster_create_database "$state" "$database"
    PGSERVER_DATABASE_URL=$(cluster_url "$state" "$database")
    export PGSERVER_DATABASE_URL
fi
if [ -z "${PGSERVER_LOGIN_PASSWORD:-}" ]; then
    PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$state" login_password)
    export PGSERVER_LOGIN_PASSWORD
fi

step "Deploying sql/"
"$server" migrate --sql sql
"$server" rotate-keys --if-missing

has_demo=''
if [ -n "$owns_cluster" ] && [ ! -e "$state/demo_loaded" ]; then
    step "Loading the demo tenant"
    deploy/demo.sh load
    touch "$state/demo_loaded"
fi
if [ -n "$owns_cluster" ] && [ -e "$state/demo_loaded" ]; then
    has_demo=1
    if [ ! -e "$state/bi_login" ]; then
        (umask 077 && "$server" bi-login create --tenant "$demo_tenant" --label 'make run' >"$state/bi_login.new")
        mv "$state/bi_login.new" "$state/bi_login"
    fi
fi

step "Starting the server"
require_port
if [ -n "$owns_cluster" ]; then
    # The server needs no more than its own login: the administrator's password stays out of its environment.
    PGSERVER_SERVE_URL="postgresql://pgserver:$PGSERVER_LOGIN_PASSWORD@127.0.0.1:$(cat "$state/port")/$database"
    export PGSERVER_SERVE_URL
    unset PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD
fi
"$server" serve 9>&- &
server_pid=$!
case ${PGSERVER_HOST:-127.0.0.1} in
    0.0.0.0) base=http://127.0.0.1:$PGSERVER_PORT ;;
    ::) base="http://[::1]:$PGSERVER_PORT" ;;
    *:*) base="http://[$PGSERVER_HOST]:$PGSERVER_PORT" ;;
    *) base=http://${PGSERVER_HOST:-127.0.0.1}:$PGSERVER_PORT ;;
esac
answers=''
for _ in {1..200}; do
    if curl --silent --fail --output /dev/null --max-time 2 "$base/openapi.json"; then
        answers=1
        break
    fi
    kill -0 "$server_pid" 2>/dev/null || wait "$server_pid"
    sleep 0.1
done
if [ -z "$answers" ]; then
    printf 'The server runs, but does not answer on %s.\n' "$base" >&2
    exit 1
fi

cat <<TEXT

PgServer answers on $base

    curl $base/openapi.json
    open $base/docs in a browser
TEXT
if [ -n "$has_demo" ]; then
    cat <<TEXT

Sign in as the demo user $demo_user (password in .pgserver/demo_password), and list accounts:

    token=\$(curl -s $base/api/v1/auth/login -H 'Content-Type: application/json' \\
        -d '{"email":"$demo_user","password":"'"\$(cat .pgserver/demo_password)"'"}' |
        sed -E 's/.*"access_token":"([^"]*)".*/\\1/')
    curl -H "Authorization: Bearer \$token" '$base/api/v1/dcl/views/accounts?limit=3'

Or register yourself (README.md) and connect your own tenant to the same source:

    make demo-connect EMAIL=you@example.com

Look at the same tenant with a BI tool or psql (password in .pgserver/bi_login):

    $(sed -n 's/^connect *//p' "$state/bi_login")
TEXT
fi
if [ -n "$owns_cluster" ]; then
    printf '\nCtrl-C stops the server and its database; the data stays for the next make run.\n\n'
else
    printf '\nA database of your own gets no demonstration. Ctrl-C stops the server.\n\n'
fi

trap 'kill -TERM "$server_pid" 2>/dev/null || true' INT TERM
status=0
while kill -0 "$server_pid" 2>/dev/null; do
    wait "$server_pid" && status=0 || status=$?
done
server_pid=''
exit "$status"
