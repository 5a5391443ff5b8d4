#!/bin/sh
# Makes the two default runtimes of hpy-conform.toml in a folder of the project. Safe to repeat; quick when they are
# there.
# usage: runtimes.sh FOLDER
#
#   cpython-3.11   Debian's own CPython in a virtual environment with hpy 0.9.0 from the package index
#   pypy-7.3.19    Debian 13's PyPy, unpacked into a folder of its own
#
# PyPy is optional: where it can't be had, this says so and ends well.
set -eu

folder=$1
hpy_version=0.9.0
here=$(dirname "$0")
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

make_cpython() {
    place=$folder/cpython-3.11
    [ -x "$place/bin/python" ] && "$place/bin/python" -c 'import hpy.universal' 2>/dev/null && return 0
    rm -rf "$place"
    /usr/bin/python3 -m venv "$place"
    "$place/bin/python" -m pip install --quiet --disable-pip-version-check "hpy==$hpy_version"
    echo "made $place"
}

make_cpython
"$here/debian-interpreter.sh" "$folder/pypy-7.3.19" trixie pypy3 7.3.19 pypy3 pypy3-dev ||
    echo "PyPy 7.3.19 is not available on this machine; runs continue without it" >&2
