#!/usr/bin/env bash
# What takes PostgreSQL's own machine to fail: a disk that is really full, for a table and for the log of transactions,
# and the connections that listen, stopped without a word. Tests/ContractTests/Operations/CrashTests has the rest.
#
#   Tests/prove/outages.sh [SERVER]    an executable to try instead of building one
#
# The small disks are mounted for it, so it has to run as root. Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

if [ "$(id -u)" -ne 0 ]; then
    echo 'Only root may mount the small disks that this needs: not tried.'
    exit 0
fi
server=${1:-}
stopped=''

# What is mounted can only go when nobody uses it any more.
# shellcheck disable=SC2317 # the end calls it
before_the_end() {
    if [ -n "$stopped" ]; then kill -CONT "$stopped" 2>/dev/null || true; fi
    stop_child
    cluster_stop "$state" || true
    umount "$state/wal" 2>/dev/null || true
    umount "$state/disk" 2>/dev/null || true
}

fail() {
    printf 'FAILED: %s\n' "$*"
    tail -n 20 "$state/server.log"
    exit 1
}

# Status and, for the eye, the answer: call METHOD PATH [JSON]
call() {
    status=$(curl --silent --max-time 20 --output "$state/answer" --dump-header "$state/head" --write-out '%{http_code}' \
        --request "$1" ${3:+--header 'Content-Type: application/json' --data "$3"} "http://127.0.0.1:$PGSERVER_PORT$2") ||
        fail "$1 $2 was not answered"
}

# Waits until a call has a status: expect SECONDS STATUS METHOD PATH [JSON]
expect() {
    local end=$((SECONDS + $1)) wanted=$2
    shift 2
    while call "$@" && [ "$status" != "$wanted" ]; do
        [ "$SECONDS" -lt "$end" ] || fail "$1 $2 got $status in place of $wanted: $(cat "$state/answer")"
        sleep 0.1
    done
}

if [ -z "$server" ]; then build debug; fi

step "Starting a throw-away PostgreSQL"
deploy
cluster_psql "$state" prove --quiet --set=ON_ERROR_STOP=1 --output=/dev/null --file=Tests/prove/disconnects/routes.sql

mkdir -p "$state/disk"
mount -t tmpfs -o size=8m,mode=0700,uid="$(id -u "${CLUSTER_USER:-postgres}")" tmpfs "$state/disk"
cluster_psql "$state" prove --quiet --set=ON_ERROR_STOP=1 <<SQL
CREATE TABLESPACE small LOCATION '$state/disk';
ALTER TABLE prove.marks SET TABLESPACE small;
ALTER INDEX prove.marks_pkey SET TABLESPACE small;
SQL
export PGSERVER_REACTORS=2 PGSERVER_QUEUE_TIMEOUT=1s
serve

step "A table's disk is full"
name=$(printf 'x%.0s' {1..400})
full=''
for number in {1..40}; do
    # Each of these fills some of the disk from the side; the writes of the server meet the rest.
    cluster_psql "$state" prove --quiet --command="INSERT INTO prove.marks
        SELECT md5('$number ' || n) || repeat(md5(n::text), 40) FROM generate_series(1, 200) AS n" 2>"$state/full.log" ||
        { full=1 && break; }
done
[ -n "$full" ] || fail "the disk did not fill"
grep -q 'No space left on device' "$state/full.log" || fail "$(cat "$state/full.log")"
refused=0
for number in {1..200}; do
    call POST /prove/marks "{\"name\":\"$number $name$name$name\"}"
    case $status in
        201) ;;
        503)
            refused=$((refused + 1))
            grep -qi '^retry-after:' "$state/head" || fail "503 without Retry-After"
            ! grep -qi 'space\|extend\|disk' "$state/answer" || fail "the answer tells of the disk: $(cat "$state/answer")"
            ;;
        *) fail "a write got $status: $(cat "$state/answer")" ;;
    esac
done
[ "$refused" -gt 0 ] || fail "no write met the full disk"
expect 1 200 GET '/prove/echo?text=a'
grep -q '53100' "$state/server.log" || fail "the log does not say why"
mount -o remount,size=64m "$state/disk"
expect 10 201 POST /prove/marks '{"name":"after"}'
printf '%s of 200 writes were answered 503, reads went on, and writes succeed again with room\n' "$refused"

step "The disk of PostgreSQL's own log of transactions is full"
data=$(cluster_data_directory "$state")
cluster_stop "$state"
mkdir -p "$state/wal"
mount -t tmpfs -o size=80m,mode=0700,uid="$(id -u "${CLUSTER_USER:-postgres}")" tmpfs "$state/wal"
cp -a "$data/pg_wal/." "$state/wal/" && mv "$data/pg_wal" "$data/pg_wal.before" && ln -s "$state/wal" "$data/pg_wal"
chown -h "${CLUSTER_USER:-postgres}" "$data/pg_wal"
cluster_start "$state"
expect 20 201 POST /prove/marks '{"name":"before the log is full"}'
head --bytes 200m /dev/zero 2>/dev/null >"$state/wal/filler" || true
# PostgreSQL panics when it cannot write its log, and starts again, as often as it takes.
timeout 60 bash -c "source deploy/cluster.sh; while cluster_psql '$state' prove --quiet --command=\"SELECT pg_switch_wal();
    INSERT INTO prove.marks SELECT gen_random_uuid() || repeat('x', 500) FROM generate_series(1, 5000)\"; do :; done" \
    >"$state/panic.log" 2>&1 || true
call POST /prove/marks '{"name":"while the log is full"}'
case $status in 201 | 503) ;; *) fail "a write got $status: $(cat "$state/answer")" ;; esac
printf 'meanwhile a write got %s\n' "$status"
rm "$state/wal/filler"
cluster_is_running "$state" || cluster_start "$state"
expect 60 201 POST /prove/marks '{"name":"with room again"}'
expect 10 200 GET '/prove/echo?text=b'
[ "$(cluster_psql "$state" prove -Atc "SELECT count(*) FROM prove.marks WHERE name = 'before the log is full'")" = 1 ] ||
    fail "a confirmed write is lost"
printf 'the server serves again by itself\n'

step "The listening connections are stopped without a word"
stopped=$(cluster_psql "$state" prove -Atc "SELECT pid FROM pg_stat_activity WHERE usename = 'pgserver'
    AND application_name IN ('pg-server', 'pgserver relay') ORDER BY pid" | tr '\n' ' ')
[ "$(wc -w <<<"$stopped")" -ge 2 ] || fail "the listening connections were not found: $stopped"
# shellcheck disable=SC2086 # several numbers
kill -STOP $stopped
cluster_psql "$state" prove --quiet --command="SET ROLE pgserver_owner;
    SELECT api.route('GET /prove/other-echo', 'prove.echo', auth => 'none', dialect => 'server');
    RESET ROLE; SELECT api.publish()" --output=/dev/null
before=$SECONDS
# A heartbeat after 30 s of silence, its 30 s, and a new connection.
expect 100 200 GET '/prove/other-echo?text=c'
printf 'a new catalog was taken up %s s later, over a new connection\n' $((SECONDS - before))
# shellcheck disable=SC2086
kill -CONT $stopped
stopped=''

kill -TERM "$child"
wait "$child" || fail "the server did not end in order"
child=''
printf 'all as it should be\n'
