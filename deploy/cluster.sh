#!/usr/bin/env bash
# A private PostgreSQL cluster that belongs to one folder: `make run`, `make test` and `make bench` each use one.
#
#   deploy/cluster.sh start  STATE [--throw-away]   creates it if it is not there, starts it if it does not run
#   deploy/cluster.sh stop   STATE                  disconnects everybody and stops it; nothing to stop is not an error
#   deploy/cluster.sh status STATE                  says whether it runs, and where; exit code 1 if it does not
#   deploy/cluster.sh url    STATE [DATABASE]       prints the administrator's URL, password included
#   deploy/cluster.sh remove STATE                  stops it and removes its data and STATE
#
# STATE holds the port, the secrets (mode 0600), PostgreSQL's log and, where that is possible, the data. PostgreSQL
# refuses to run as root, so for root the cluster runs as CLUSTER_USER (default: postgres), and where that user cannot
# reach STATE the data lies below /var/lib/pgserver; the file STATE/data_directory says where.
# Sourced by another script, this file gives it the functions only.

cluster_port_min=15432
cluster_port_max=32000 # below the range from which Linux takes the ports of outgoing connections
cluster_start_timeout_seconds=60

cluster_fail() {
    printf 'cluster: %s\n' "$*" >&2
    return 1
}

# The folder of initdb and pg_ctl: the newest installed PostgreSQL from 15 up, unless PG_BIN names one.
cluster_binaries() {
    local folder version newest='' newest_version=14
    if [ -n "${PG_BIN:-}" ]; then
        printf '%s\n' "$PG_BIN"
        return
    fi
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
        [ -x "$folder/initdb" ] || continue
        version=$("$folder/postgres" --version | sed -E 's/.* ([0-9]+).*/\1/')
        if [ "$version" -gt "$newest_version" ]; then
            newest=$folder newest_version=$version
        fi
    done
    [ -n "$newest" ] || cluster_fail "there is no PostgreSQL 15 or newer here; install the package postgresql" || return
    printf '%s\n' "$newest"
}

# Runs a command as the user of the cluster, from a folder which that user can enter.
cluster_as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && exec runuser -u "${CLUSTER_USER:-postgres}" -- "$@")
    else
        (cd / && exec "$@")
    fi
}

cluster_secret() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# Prints the secret called $2 of state $1, made on first use and readable by its owner alone.
cluster_read_secret() {
    local file=$1/$2
    if [ ! -s "$file" ]; then
        (umask 077 && cluster_secret >"$file")
    fi
    cat "$file"
}

cluster_data_directory() {
    cat "$1/data_directory" 2>/dev/null
}

# True if a postmaster of this very data directory is alive.
cluster_is_running() {
    local data pid
    data=$(cluster_data_directory "$1") || return 1
    pid=$(cluster_as_user head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
    [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ]
}

cluster_port_is_free() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

cluster_choose_port() {
    local port attempt
    for attempt in {1..100}; do
        port=$((cluster_port_min + (RANDOM * 32768 + RANDOM) % (cluster_port_max - cluster_port_min)))
        if cluster_port_is_free "$port"; then
            printf '%s\n' "$port"
            return
        fi
    done
    cluster_fail "no free TCP port between $cluster_port_min and $cluster_port_max after $attempt attempts"
}

# Decides where the data lies and makes the folder, empty and owned by the user of the cluster.
cluster_make_data_directory() {
    local state=$1 data=$1/data name
    if [ "$(id -u)" -eq 0 ]; then
        id "${CLUSTER_USER:-postgres}" >/dev/null 2>&1 ||
            cluster_fail "there is no user ${CLUSTER_USER:-postgres} to run PostgreSQL as; set CLUSTER_USER" || return
        if ! cluster_as_user test -x "$state"; then
            name=$(printf '%s' "$state" | sha256sum | cut -c 1-16)
            data=/var/lib/pgserver/$name
        fi
        mkdir -p "$(dirname "$data")"
        install -d -m 0700 -o "${CLUSTER_USER:-postgres}" "$data"
    else
        install -d -m 0700 "$data"
    fi
    printf '%s\n' "$data" >"$state/data_directory"
}

cluster_create() {
    local state=$1 binaries=$2 throw_away=$3 data password_file memory_mb
    cluster_make_data_directory "$state" || return
    data=$(cluster_data_directory "$state")

    password_file=$(mktemp)
    cluster_read_secret "$state" administrator_password >"$password_file"
    if [ "$(id -u)" -eq 0 ]; then
        chown "${CLUSTER_USER:-postgres}" "$password_file"
    fi
    if ! cluster_as_user "$binaries/initdb" --pgdata="$data" --username=postgres --pwfile="$password_file" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-instructions \
        ${throw_away:+--no-sync} >"$state/initdb.log" 2>&1; then
        rm -f "$password_file"
        cat "$state/initdb.log" >&2
        cluster_fail "initdb refused to create the cluster" || return
    fi
    rm -f "$password_file"

    memory_mb=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) / 1024))
    cluster_as_user tee -a "$data/postgresql.conf" >/dev/null <<CONF

# Written by deploy/cluster.sh when it created this cluster.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = $([ -n "$throw_away" ] && echo 1000 || echo 100)
shared_buffers = $((memory_mb / 8 < 1024 ? memory_mb / 8 : 1024))MB
effective_cache_size = $((memory_mb / 2))MB
random_page_cost = 1.1
max_wal_size = 2GB
password_encryption = 'scram-sha-256'
idle_in_transaction_session_timeout = '5min'
track_io_timing = on
log_line_prefix = '%m [%p] %q%u@%d %a '
log_lock_waits = on
log_autovacuum_min_duration = '10s'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
timezone = 'UTC'
log_timezone = 'UTC'
CONF
    if [ -n "$throw_away" ]; then
        cluster_as_user tee -a "$data/postgresql.conf" >/dev/null <<'CONF'

# This cluster is thrown away: it need not survive a crash.
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = '10s'
CONF
    fi
    touch "$state/created"
}

# An unclean end leaves postmaster.pid behind. PostgreSQL ignores one whose process is gone, but not one whose number
# now belongs to another process of the same user.
cluster_remove_stale_pid() {
    local data=$1
    if cluster_as_user test -e "$data/postmaster.pid"; then
        printf 'cluster: removing the postmaster.pid that an unclean end left behind\n' >&2
        cluster_as_user rm -f "$data/postmaster.pid"
    fi
}

cluster_start() {
    local state=$1 throw_away=${2:-} binaries data port attempt
    binaries=$(cluster_binaries) || return
    mkdir -p "$state"
    state=$(cd "$state" && pwd -P)
    if [ ! -e "$state/created" ]; then
        # What a cut-off creation left is of no use to anybody.
        data=$(cluster_data_directory "$state") && rm -rf "$data"
        cluster_create "$state" "$binaries" "$throw_away" || return
    fi
    if cluster_is_running "$state"; then
        return
    fi
    data=$(cluster_data_directory "$state")
    cluster_as_user test -d "$data" ||
        cluster_fail "the data of this cluster is gone ($data); remove $state to begin anew" || return
    cluster_remove_stale_pid "$data"

    for attempt in {1..5}; do
        port=$(cat "$state/port" 2>/dev/null) || port=''
        if [ -z "$port" ] || ! cluster_port_is_free "$port"; then
            port=$(cluster_choose_port) || return
            printf '%s\n' "$port" >"$state/port"
        fi
        if cluster_as_user "$binaries/pg_ctl" start --pgdata="$data" --log="$data/server.log" --silent --wait \
            --timeout="$cluster_start_timeout_seconds" --options="-p $port" >"$state/pg_ctl.log" 2>&1; then
            ln -sfn "$data/server.log" "$state/postgresql.log"
            return
        fi
        # Somebody took the port in between: another port. Anything else would fail again.
        cluster_port_is_free "$port" && break
        rm -f "$state/port"
    done
    cluster_as_user tail -n 20 "$data/server.log" >&2
    cluster_fail "PostgreSQL did not start (attempt $attempt); its log is $data/server.log"
}

cluster_stop() {
    local state=$1 binaries data
    cluster_is_running "$state" || return 0
    binaries=$(cluster_binaries) || return
    data=$(cluster_data_directory "$state")
    cluster_as_user "$binaries/pg_ctl" stop --pgdata="$data" --mode=fast --silent --wait
}

cluster_status() {
    if cluster_is_running "$1"; then
        printf 'running on 127.0.0.1:%s, data in %s\n' "$(cat "$1/port")" "$(cluster_data_directory "$1")"
    else
        printf 'not running\n'
        return 1
    fi
}

cluster_url() {
    local state=$1 database=${2:-postgres}
    [ -s "$state/port" ] || cluster_fail "there is no cluster in $state" || return
    printf 'postgresql://postgres:%s@127.0.0.1:%s/%s\n' \
        "$(cat "$state/administrator_password")" "$(cat "$state/port")" "$database"
}

# psql as the administrator: cluster_psql STATE DATABASE [psql's arguments]. The password travels in the environment,
# where the list of processes does not show it.
cluster_psql() {
    local state=$1 database=$2
    shift 2
    PGPASSWORD=$(cat "$state/administrator_password") psql --no-psqlrc --host=127.0.0.1 --port="$(cat "$state/port")" \
        --username=postgres --dbname="$database" "$@"
}

# Creates a database unless it is there.
cluster_create_database() {
    local state=$1 database=$2
    if [ -z "$(cluster_psql "$state" postgres -Atq -c "SELECT 1 FROM pg_database WHERE datname = '$database'")" ]; then
        cluster_psql "$state" postgres -q -c "CREATE DATABASE $database"
    fi
}

cluster_remove() {
    local state=$1 data
    [ -d "$state" ] || return 0
    cluster_stop "$state" || return
    if data=$(cluster_data_directory "$state") && [ -n "$data" ]; then
        rm -rf "$data"
    fi
    rm -rf "$state"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    if [ $# -lt 2 ]; then
        sed -n '2,/^# STATE/p' "$0" | sed 's/^# \{0,1\}//' >&2
        exit 64
    fi
    command=$1 state=$(realpath -m "$2")
    shift 2
    case $command in
        start) cluster_start "$state" ${1:+"$1"} && cluster_status "$state" ;;
        stop) cluster_stop "$state" ;;
        status) cluster_status "$state" ;;
        url) cluster_url "$state" "$@" ;;
        remove) cluster_remove "$state" ;;
        *)
            cluster_fail "there is no command '$command'; start, stop, status, url or remove" || exit 64
            ;;
    esac
fi
