#!/usr/bin/env bash
# Compares how files are read with Python's csv: 3000 random files, full of quotes, delimiters and line ends, cut into
# pieces of random sizes. Tests/prove/csv/compare.py makes them; a number as argument is the seed.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

build debug

step "Starting a throw-away PostgreSQL"
deploy

step "Comparing with Python's csv"
timeout 900 python3 Tests/prove/csv/compare.py "$PGSERVER_DATABASE_URL" "${1:-1}"
