#!/bin/sh
# Installs the Debian packages that building and running needs, where they are missing. Quick when nothing is.
# Arguments are further packages, which only some target needs.
set -eu

packages="gcc g++ pkg-config libc6-dev bubblewrap libpython3-dev libffi-dev libsqlite3-dev libssl-dev python3 python3-venv ca-certificates $*"

command -v dpkg-query >/dev/null 2>&1 || {
    echo "not a Debian system: install the contents of these Debian packages by hand: $packages" >&2
    exit 0
}

missing=""
for package in $packages; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$state" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "missing packages:$missing; install them as root: apt-get install$missing" >&2
        exit 69
    }
    as_root=sudo
fi
echo "installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # the list is words
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing
