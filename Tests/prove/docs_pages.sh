#!/usr/bin/env bash
# Opens /docs and /redoc in a headless Chromium, uses them as a person would, and checks what it sees.
#
# Needs Debian's packages chromium, chromium-driver and python3-selenium. Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

if ! command -v chromedriver >/dev/null || ! /usr/bin/python3 -c 'import selenium' 2>/dev/null; then
    printf 'Install chromium, chromium-driver and python3-selenium for this proof.\n' >&2
    exit 1
fi

export PGSERVER_LOG=off
build debug
deploy
serve
/usr/bin/python3 Tests/browser/docs_pages.py "$base"
