#!/usr/bin/env bash
# Lets the Autobahn test suite play 301 clients of a WebSocket, well-behaved and not, against a stream that echoes.
# Every case must pass strictly, but for 12 and 13, which are about compression: the server does not offer it.
#
#   Tests/prove/autobahn.sh [CASES]    such as '6.*,7.1.*'; all unless given
#
# The suite is for Python 2.7, which pyenv or the distribution provides; it comes from PyPI into .build-prove, which git
# ignores, and its report stays in .build-prove/autobahn-report. Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

cases=${1:-*}
project=$PWD
suite=$project/.build-prove/autobahn
report=$project/.build-prove/autobahn-report
case_count_min=1
[ "$cases" != '*' ] || case_count_min=301
# As long as the suite's longest, and room for two of them to wait.
message_byte_count_max=16777216
stream_byte_count_max=67108864
time_max=900

# Prints where Python 2.7 is.
find_python2() {
    local version
    if command -v pyenv >/dev/null; then
        version=$(pyenv versions --bare | grep -E '^2\.7\.[0-9]+$' | tail -n 1)
        if [ -n "$version" ]; then
            PYENV_VERSION=$version pyenv which python2.7
            return
        fi
    fi
    command -v python2.7 || {
        echo 'autobahn: there is no Python 2.7 here; install it with pyenv (pyenv install 2.7.18)' >&2
        return 1
    }
}

if [ ! -x "$suite/bin/wstest" ]; then
    step "Installing the Autobahn test suite into .build-prove"
    python2=$(find_python2)
    # The last virtualenv that makes environments for Python 2.7.
    python3 -m venv "$project/.build-prove/virtualenv"
    "$project/.build-prove/virtualenv/bin/pip" install --quiet --disable-pip-version-check 'virtualenv<20.22'
    "$project/.build-prove/virtualenv/bin/virtualenv" --quiet --python "$python2" "$suite"
    "$suite/bin/pip" install --quiet --disable-pip-version-check --no-python-version-warning 'autobahntestsuite==25.10.1'
fi

build debug

step "Starting a throw-away PostgreSQL with a stream that echoes"
export PGSERVER_BCRYPT_COST=10
export PGSERVER_WEBSOCKET_MESSAGE_MAX=$message_byte_count_max PGSERVER_STREAM_BUFFER=$stream_byte_count_max
deploy
cluster_psql "$state" prove --quiet --set=ON_ERROR_STOP=1 --single-transaction --output=/dev/null \
    --file=- <Tests/prove/autobahn/echo.sql

serve
token=$(curl --silent --show-error --fail "$base/api/v1/auth/register" -H 'Content-Type: application/json' \
    -d '{"email":"autobahn@example.test","password":"a long password","name":"Autobahn"}' |
    sed -E 's/.*"access_token":"([^"]*)".*/\1/')

step "The Autobahn test suite"
rm -rf "$report"
printf '{"outdir":"%s","cases":["%s"],"exclude-cases":["12.*","13.*"],"servers":[{"agent":"pg-server","url":"%s"}]}\n' \
    "$report" "${cases//,/\",\"}" "ws://127.0.0.1:$PGSERVER_PORT/autobahn/echo?token=$token" >"$state/suite.json"
(cd "$state" && timeout "$time_max" "$suite/bin/wstest" --mode fuzzingclient --spec suite.json) >"$state/suite.log" 2>&1 ||
    { tail -n 20 "$state/suite.log" "$state/server.log" && exit 1; }

failed=0
python3 Tests/prove/autobahn/judge.py "$report/index.json" "$case_count_min" || failed=1

step "The server's own failures"
if grep -E '"status":5|"level":"error"' "$state/server.log" | head -n 20; then failed=1; fi
kill -0 "$child" || failed=1
exit "$failed"
