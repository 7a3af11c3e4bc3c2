#!/usr/bin/env bash
# Lets Schemathesis try every operation of /openapi.json with thousands of requests, well-formed and not: no answer may
# be a 5xx, have an undocumented status, or differ from its documented shape. Once as nobody, once as the demo user.
#
#   Tests/prove/schemathesis.sh [EXAMPLES]    requests tried for each operation and phase; 50 unless given
#
# The tool comes from PyPI into .build-prove/venv, which git ignores. Database and server are throw-away.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Tests/prove/support/throw_away.sh
source Tests/prove/support/throw_away.sh

examples=${1:-50}
project=$PWD
venv=$project/.build-prove/venv

if [ ! -x "$venv/bin/schemathesis" ]; then
    step "Installing Schemathesis into .build-prove"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check 'schemathesis==4.*' openapi-spec-validator
fi

build debug

step "Starting a throw-away PostgreSQL with the demonstration"
export PGSERVER_BCRYPT_COST=10
deploy
demo_password=$(cluster_read_secret "$state" demo_password)
load_demo() {
    {
        printf "\\\\set %s '%s'\n" \
            host 127.0.0.1 port "$(cat "$state/port")" \
            source_db demo_crm source_user demo_crm_reader \
            source_password "$(cluster_read_secret "$state" source_password)" \
            tenant_name 'Demo Company' email demo@example.com password "$demo_password"
        printf "\\\\i %s\n" "$2"
    } | cluster_psql "$state" "$1" --quiet --set=ON_ERROR_STOP=1 --output=/dev/null --file=-
}
load_demo postgres deploy/demo/source.sql
load_demo prove deploy/demo/tenant.sql
# What is to be met are the functions, not the limits.
cluster_psql "$state" prove --quiet --command="UPDATE core.rate_policies SET limit_count = 1000000, burst = 1000000"

serve

step "The document satisfies the specification"
curl --silent --fail --output "$state/openapi.json" "$base/openapi.json"
"$venv/bin/python3" -m openapi_spec_validator "$state/openapi.json"

failed=0
# A value of the right type may still be refused by a rule that only SQL can judge: hence the check that is left out.
try() {
    local title=$1
    shift
    step "Schemathesis $title"
    # It keeps notes in the folder it runs in.
    (cd "$state" && "$venv/bin/schemathesis" --config-file "$project/Tests/prove/schemathesis.toml" \
        run "$base/openapi.json" --checks all --exclude-checks positive_data_acceptance \
        --max-examples "$examples" --continue-on-failure --seed 1 --request-timeout 20 --generation-database none \
        --no-color "$@") || failed=1
}

try "as nobody"
token=$(curl --silent --fail "$base/api/v1/auth/login" -H 'Content-Type: application/json' \
    -d '{"email":"demo@example.com","password":"'"$demo_password"'"}' | sed -E 's/.*"access_token":"([^"]*)".*/\1/')
# Who signs out is refused from then on; and an answer that does not end is none that the tool could judge. Both kinds
# of path were tried as nobody.
excluded=(--exclude-path /api/auth/logout)
while read -r path; do excluded+=(--exclude-path "$path"); done < <("$venv/bin/python3" - "$state/openapi.json" <<'PYTHON'
import json, sys
for path, item in json.load(open(sys.argv[1]))["paths"].items():
    if "sse" in item.get("get", {}).get("x-stream", {}).get("transports", []):
        print(path)
PYTHON
)
try "as the demo user" --header "Authorization: Bearer $token" "${excluded[@]}"

step "The server's own failures"
if grep -E '"status":5|"level":"error"' "$state/server.log" | head -n 20; then failed=1; fi
kill -0 "$child" || failed=1
exit "$failed"
