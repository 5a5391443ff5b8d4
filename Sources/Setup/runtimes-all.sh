#!/bin/sh
# Makes every runtime of hpy-conform.toml that can be had on this machine. Safe to repeat; quick when they are there.
# usage: runtimes-all.sh FOLDER COMMAND
#
#   FOLDER   .runtimes of the project
#   COMMAND  hpy-conform, which finds interpreters and makes the environments
#
# An interpreter that is installed in any way (PATH, pyenv, uv) is used. For the others, Debian's suites are asked:
# 3.11 and its debug build in bookworm, 3.13 in trixie, 3.14, 3.15 and their debug builds in forky; no suite has 3.8 to
# 3.10 and 3.12.
# What can't be had is told with its reason, and ends nothing.
set -eu

folder=$1 conform=$2
here=$(dirname "$0")

# A reason is on standard error already.
unpack() {
    "$here/debian-interpreter.sh" "$@" || echo "$(basename "$1") is not available from Debian on this machine" >&2
}

# PROGRAM SUITE VERSION PACKAGE...: unless some way of installing it has brought it already.
cpython() {
    program=$1 suite=$2 version=$3
    shift 3
    "$conform" runtimes find "$program" >/dev/null 2>&1 ||
        unpack "$folder/debian-$program" "$suite" "$program" "$version" "$@"
}

cpython python3.11-dbg bookworm 3.11 python3.11-dbg libpython3.11-dbg libpython3.11-dev python3.11-venv
cpython python3.13 trixie 3.13 python3.13 libpython3.13-dev python3.13-venv
cpython python3.14 forky 3.14 python3.14 libpython3.14-dev python3.14-venv
cpython python3.15 forky 3.15 python3.15 libpython3.15-dev python3.15-venv
cpython python3.14-dbg forky 3.14 python3.14-dbg libpython3.14-dbg libpython3.14-dev python3.14-venv
cpython python3.15-dbg forky 3.15 python3.15-dbg libpython3.15-dbg libpython3.15-dev python3.15-venv
unpack "$folder/pypy-7.3.11" bookworm pypy3 7.3.11 pypy3 pypy3-dev
unpack "$folder/pypy-8.0.1" forky pypy3 8.0.1 pypy3 pypy3-dev

# Building it takes minutes, which is for who asks for it.
for version in 3.13 3.14 3.15; do
    "$conform" runtimes find "python${version}t" >/dev/null 2>&1 ||
        echo "cpython-$version-free-threaded has to be built: make runtimes-free-threaded" >&2
done

exec "$conform" runtimes sync
