#!/usr/bin/env bash
# Compares the run times of cron expressions with croniter's: some eighty expressions, each from 25 instants in 13 time
# zones, five runs ahead, most of them over a change of clocks. Tests/prove/cron/compare.py has both lists.
#
# croniter comes from PyPI into .build-prove/venv, which git ignores. The database is throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

venv=$PWD/.build-prove/venv

if ! "$venv/bin/python3" -c 'import croniter' 2>/dev/null; then
    step "Installing croniter into .build-prove"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check croniter
fi

build debug

step "Starting a throw-away PostgreSQL"
deploy

step "Comparing with croniter $("$venv/bin/pip" show croniter 2>/dev/null | sed -n 's/^Version: //p')"
timeout 900 "$venv/bin/python3" Tests/prove/cron/compare.py "$PGSERVER_DATABASE_URL"
