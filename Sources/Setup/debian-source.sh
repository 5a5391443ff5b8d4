#!/bin/sh
# Unpacks the source package of a Debian suite, as its authors released it: without Debian's patches, which for CPython
# move the folders that packages are installed in. Needs dpkg-dev and no root. Safe to repeat; quick when it is there.
# usage: debian-source.sh FOLDER SUITE SOURCE
#
#   FOLDER    is made new
#   SUITE     bookworm, trixie, forky, ...
#   SOURCE    what Debian calls the source package: python3.11
set -eu

[ $# -eq 3 ] || {
    sed -n '4p' "$0" >&2
    exit 64
}
place=$1 suite=$2 source=$3
here=$(dirname "$0")
[ ! -e "$place" ] || exit 0

command -v apt-get >/dev/null 2>&1 && command -v dpkg-source >/dev/null 2>&1 || {
    echo "no apt-get or dpkg-source: expected a Debian system with dpkg-dev" >&2
    exit 69
}
# shellcheck source=Sources/Setup/debian-suite.sh
. "$here/debian-suite.sh"
work_beside "$place"
apt_of_suite "$work" "$suite"
# shellcheck disable=SC2086  # the options are words
(cd "$work" && apt-get $options -qq source --download-only "$source" >/dev/null)
dpkg-source --no-check --skip-patches -x "$work"/*.dsc "$work/tree" >/dev/null
mv "$work/tree" "$place"
