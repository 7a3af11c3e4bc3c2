#!/usr/bin/env bash
# The demonstration in the private cluster of `make run`: a CRM database, and tenants connected to it.
#
#   deploy/demo.sh load            makes the source, the demo tenant and its user; what is there already stays
#   deploy/demo.sh connect EMAIL   connects the tenant of a registered user to the source and reads it in; run again,
#                                  it reads what is new
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/cluster.sh
source deploy/cluster.sh

state=$PWD/.pgserver
database=pgserver
source_database=demo_crm
source_user=demo_crm_reader

# Runs a script as the administrator, with psql variables as NAME=VALUE. They go in on standard input, where the list
# of processes does not show the secrets among them.
run_script() {
    local script=$1 assignment value
    shift
    {
        for assignment in "host=127.0.0.1" "port=$(cat "$state/port")" "source_db=$source_database" \
            "source_user=$source_user" "source_password=$(cluster_read_secret "$state" source_password)" "$@"; do
            value=${assignment#*=} value=${value//\\/\\\\} value=${value//\'/\'\'}
            printf "\\\\set %s '%s'\n" "${assignment%%=*}" "$value"
        done
        printf '\\i %s\n' "$script"
    } | cluster_psql "$state" "$database" --quiet --set=ON_ERROR_STOP=1 --file=-
}

tenant_of() {
    cluster_psql "$state" "$database" --quiet --tuples-only --no-align --set="email=$1" --file=- <<'SQL'
SELECT m.tenant_id
FROM auth.users AS u
JOIN auth.memberships AS m ON m.user_id = u.user_id
WHERE lower(u.email) = lower(:'email')
ORDER BY m.created_at
LIMIT 1;
SQL
}

case ${1:-} in
    load)
        run_script deploy/demo/source.sql >/dev/null
        run_script deploy/demo/tenant.sql email=demo@example.com "password=$(cluster_read_secret "$state" demo_password)" \
            'tenant_name=Demo Company' >/dev/null
        ;;
    connect)
        email=${2:-}
        if [ -z "$email" ]; then
            printf 'Say whose tenant to connect: make demo-connect EMAIL=you@example.com\n' >&2
            exit 64
        fi
        if ! cluster_is_running "$state" || [ ! -e "$state/demo_loaded" ]; then
            printf 'The demonstration does not run here; start it with make run, in another terminal.\n' >&2
            exit 1
        fi
        tenant_id=$(tenant_of "$email")
        if [ -z "$tenant_id" ]; then
            printf 'Nobody is registered as %s.\n' "$email" >&2
            exit 1
        fi
        run_script deploy/demo/connect.sql "tenant_id=$tenant_id"
        ;;
    *)
        sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2
        exit 64
        ;;
esac
