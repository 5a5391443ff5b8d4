#!/bin/sh
# Builds a free-threaded CPython into a folder of its own, from Debian's source package: no suite has its binary.
# Needs a compiler, dpkg-dev and what CPython's modules need (zlib1g-dev, libffi-dev), 1 GB for as long as it builds, and
# no root. Takes minutes. Safe to repeat and to interrupt; quick when it is there.
# usage: runtimes-free-threaded.sh FOLDER VERSION SUITE
#
#   FOLDER    .runtimes of the project; FOLDER/cpython-3.13-free-threaded/bin/python3.13t starts the interpreter, and
#             FOLDER/logs has what the build told
#   VERSION   3.13, 3.14, ...
#   SUITE     of Debian, that has the source package of this version: trixie, forky, ...
set -eu
# CPython's make is another's: options of the make that started this are not for it.
unset MAKEFLAGS MFLAGS MAKELEVEL

[ $# -eq 3 ] || {
    sed -n '5p' "$0" >&2
    exit 64
}
name=cpython-$2-free-threaded suite=$3 source=python$2 program=python$2t
here=$(dirname "$0")
mkdir -p "$1/logs"
# The interpreter remembers where it lies: without links, which may not stay.
folder=$(cd "$1" && pwd -P)
place=$folder/$name
log=$folder/logs/$name.log
work=$folder/.building-$name

# Tells the version of the interpreter in a folder, if it has no GIL and all that hpy-conform's worker needs.
told() {
    "$1/bin/$program" -I -c '
import _posixsubprocess, ctypes, faulthandler, fcntl, json, math, mmap, resource, select, signal, sys, sysconfig, zlib
if not sysconfig.get_config_var("Py_GIL_DISABLED") or sys._is_gil_enabled():
    sys.exit("it has a GIL")
print("%d.%d.%d" % sys.version_info[:3])'
}

# STEP REMEDY: the last line that the log has is what most tools say last: their error.
fail() {
    echo "no $name: $1 ($(tail -n 1 "$log")); the log is $log; $2, then repeat \`make runtimes-free-threaded\`" >&2
    exit 69
}

# Who comes second waits for the first, and finds it made.
exec 9<"$folder"
flock 9
if [ -e "$place" ] && told "$place" >/dev/null 2>&1; then
    exit 0
fi

trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# A build that was killed has left it.
rm -rf "$work"
mkdir -p "$work/build"
echo "building $name, which takes minutes; the log is $log"
"$here/debian-source.sh" "$work/source" "$suite" "$source" >"$log" 2>&1 ||
    fail "Debian's source package $source of $suite can't be had" "check the network and what apt-get update says"
cd "$work/build"
# Neither optimised at link time nor by a profile, which would take an hour; -O1 is enough for a worker. No symbols, no
# tests, and no pip: HPy can't be built for it. By a relative path, as failed assertions tell it.
../source/configure --prefix="$place" --disable-gil --disable-test-modules --without-ensurepip \
    CFLAGS="-O1 -g0" >>"$log" 2>&1 ||
    fail "configure failed" "install what it misses"
nice make -j"$(getconf _NPROCESSORS_ONLN)" >>"$log" 2>&1 ||
    fail "it doesn't compile" "look for 'error' in the log: a full disk, too little memory, a missing header"
# Into a folder that stands for the root, as the place has to stay empty until all is there.
make altinstall DESTDIR="$work/root" >>"$log" 2>&1 ||
    fail "it can't be installed" "look for 'error' in the log: a full disk?"

made=$work/root$place
# Without the name of the build that has a GIL: who looks for that in .runtimes means the other. `python` is for
# `make test-python`.
rm -f "$made/bin/python$2"
ln -s "$program" "$made/bin/python"
version=$(told "$made" 2>>"$log") ||
    fail "the build doesn't work" "install what it misses: zlib1g-dev, libffi-dev"
rm -rf "$place"
mv "$made" "$place"
echo "made $place: free-threaded CPython $version of $suite's sources"
