#!/usr/bin/env bash
# Installs the Debian packages that building and running need, if any is missing: as root, or through sudo.
# Without either it prints exactly what to install and stops.
#
#   deploy/install.sh [--without-server]   leaves PostgreSQL's server out: a database elsewhere is used
#   deploy/install.sh --for-tests          and what the tests play the outside with
set -euo pipefail

swift_version_min=6.2

packages=(libpq-dev libssl-dev pkg-config curl postgresql-client)
if [ "${1:-}" != --without-server ]; then
    packages+=(postgresql)
fi
if [ "${1:-}" = --for-tests ]; then
    packages+=(openssl python3 python3-venv)
fi

is_installed() {
    dpkg-query --show --showformat='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# Something else than the package may provide what we need, such as PostgreSQL from its own site.
is_needed() {
    case $1 in
        libpq-dev | libssl-dev) ! { pkg-config --exists "$2" 2>/dev/null || is_installed "$1"; } ;;
        postgresql) ! (source deploy/cluster.sh && cluster_binaries) >/dev/null 2>&1 ;;
        postgresql-client) ! command -v psql >/dev/null ;;
        python3-venv) ! python3 -c 'import ensurepip' 2>/dev/null ;;
        *) ! command -v "$1" >/dev/null ;;
    esac
}

cd "$(dirname "$0")/.."
if ! command -v swift >/dev/null; then
    printf 'Swift %s or newer is needed and not in PATH; https://www.swift.org/install/linux/ says how to get it.\n' \
        "$swift_version_min" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    module=''
    [ "$package" != libpq-dev ] || module=libpq
    [ "$package" != libssl-dev ] || module=openssl
    if is_needed "$package" "$module"; then
        missing+=("$package")
    fi
done
# Where PostgreSQL is Debian's, the check of its functions' bodies is too; the tests do without it elsewhere.
if [ "${1:-}" = --for-tests ] && is_installed postgresql; then
    version=$(dpkg-query --show --showformat='${Version}' postgresql)
    check=postgresql-${version%%+*}-plpgsql-check
    is_installed "$check" || missing+=("$check")
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    printf 'These are missing, by their Debian names: %s. Install them and try again.\n' "${missing[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -v; then
        as_root=(sudo)
    else
        printf 'Packages are missing. As root, run:\n\n    apt-get install --no-install-recommends %s\n\n' "${missing[*]}" >&2
        exit 1
    fi
fi

printf '== Installing %s\n' "${missing[*]}"
# Debian would create and start a cluster of its own, which nobody asked for. Where PostgreSQL is installed already
# that decision was made by somebody else and stays as it is.
if ! is_installed postgresql-common; then
    "${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
    printf 'create_main_cluster = false\n' |
        "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/pg-server.conf >/dev/null
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}"
