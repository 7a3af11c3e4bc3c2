#!/usr/bin/env bash
# Compares unification with a simple reference over random histories of contacts, of one session and of many at once.
# Tests/prove/unification.py says how.
#
#   Tests/prove/unification.sh [SECONDS]    300 unless given; more arguments are unification.py's, such as --seed
#
# Needs Python 3.11 and nothing of PyPI. The cluster is throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

seconds=${1:-300}
shift || true

build debug
deploy
step "Unifying"
python3 -B Tests/prove/unification.py "$PGSERVER_DATABASE_URL" --seconds "$seconds" "$@"
