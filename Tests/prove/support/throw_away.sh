# What the proofs share, sourced from the project's folder: a folder of their own, a throw-away PostgreSQL, the server
# over it, and an end that leaves nothing behind.
#
#   state    the folder, unless it is set before: a new one. Removed in the end, with the cluster in it
#   cluster  the cluster's folder: state itself, unless the proof sets it to a folder within
#   child    the process that a proof has started beside itself, if any: it is stopped in the end
# shellcheck shell=bash
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

state=${state:-$(mktemp -d "${TMPDIR:-/tmp}/pg-server-prove.XXXXXXXX")}
mkdir -p "$state"
chmod 0711 "$state" # the cluster's user passes through it to its data
cluster=$state
child=''

step() { printf '== %s\n' "$*"; }

# A proof may define its own: what comes before everything is stopped. It gets the exit status.
before_the_end() { :; }

stop_child() {
    if [ -n "$child" ]; then
        kill -TERM "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    child=''
}

# shellcheck disable=SC2317 # the trap calls it
finish() {
    local status=$?
    trap - EXIT INT TERM
    before_the_end "$status"
    stop_child
    cluster_remove "$cluster"
    rm -rf "$state"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Sets server to the path of an executable: build debug, or release.
build() {
    local options=(--configuration "$1" --product pg-server)
    step "Building"
    swift build "${options[@]}"
    server=$(swift build "${options[@]}" --show-bin-path)/pg-server
}

# Starts a PostgreSQL with sql/ deployed, and exports what the server needs to serve over it.
deploy() {
    cluster_start "$cluster" --throw-away
    cluster_create_database "$cluster" prove
    PGSERVER_DATABASE_URL=$(cluster_url "$cluster" prove)
    PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$cluster" login_password)
    PGSERVER_PORT=$(cluster_choose_port)
    export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD PGSERVER_PORT
    migrate
}

# Kills processes at random: killing SCRIPT LOGS ARGUMENT..., with a cluster that is kept as one in production is, but for
# its disk: what a killed process has written is there also unflushed, and flushing all of it before each recovery takes
# minutes where the disk is busy. SCRIPT gets the server, the folder and the arguments; the ends of its logs are shown if it fails.
killing() {
    local script=$1
    logs=$2
    shift 2
    # shellcheck disable=SC2317 # the end calls it
    before_the_end() {
        if [ "$1" -ne 0 ]; then tail -n 5 "$state/$logs"-*.log 2>/dev/null || true; fi
    }
    if [ -z "$server" ]; then build debug; fi
    step "Starting a PostgreSQL of its own"
    cluster_start "$state"
    PGSERVER_DATABASE_URL=$(cluster_url "$state")
    PGSERVER_LOGIN_PASSWORD=$(cluster_read_secret "$state" login_password)
    PATH=$(cluster_binaries):$PATH # the psql itself, and not what chooses one
    export PGSERVER_DATABASE_URL PGSERVER_LOGIN_PASSWORD PATH
    migrate
    psql --no-psqlrc --quiet --command='ALTER SYSTEM SET fsync = off' --command='SELECT pg_reload_conf()' \
        "$PGSERVER_DATABASE_URL" >"$state/settings.log"

    step "Killing"
    python3 "$script" "$server" "$state" "$@" &
    child=$!
    wait "$child" && status=0 || status=$?
    child=''
    exit "$status"
}

# Deploys sql/ to PGSERVER_DATABASE_URL.
migrate() {
    "$server" migrate --sql sql >"$state/migrate.log" 2>&1 || { cat "$state/migrate.log" && return 1; }
    "$server" rotate-keys --if-missing >>"$state/migrate.log"
}

# Starts the server, its output in server.log, and waits until it answers. Sets base.
serve() {
    "$server" serve >"$state/server.log" 2>&1 &
    child=$!
    base=http://127.0.0.1:$PGSERVER_PORT
    curl --silent --output /dev/null --retry 100 --retry-delay 1 --retry-connrefused "$base/openapi.json"
}
