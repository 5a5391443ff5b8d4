#!/bin/sh
# Unpacks an interpreter of a Debian suite into a folder of its own, where this system's own suite has none.
# Needs no root. Safe to repeat; quick when it is there.
# usage: debian-interpreter.sh FOLDER SUITE PROGRAM VERSION PACKAGE...
#
#   FOLDER    is made new; FOLDER/bin/PROGRAM starts the interpreter
#   SUITE     bookworm, trixie, forky, ...
#   PROGRAM   what the packages call it: python3.14, pypy3
#   VERSION   how the version that it tells has to begin: suites move on
#
# A newer suite's programs need a newer libc than this system's, so they are started through their own loader and
# libraries. A script under the program's own name does that: sys.executable starts, and virtual environments work.
set -eu

[ $# -ge 5 ] || {
    sed -n '4p' "$0" >&2
    exit 64
}
place=$1 suite=$2 program=$3 version=$4
shift 4
here=$(dirname "$0")

# What it says it is; nothing when it doesn't start.
told() {
    "$1" -c 'import sys; print("%d.%d.%d" % sys.implementation.version[:3])' 2>/dev/null || true
}

if [ -e "$place" ]; then
    case $(told "$place/bin/$program") in
    "$version"*) exit 0 ;;
    esac
fi

command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || {
    echo "not a Debian system" >&2
    exit 69
}
# shellcheck source=Sources/Setup/debian-suite.sh
. "$here/debian-suite.sh"
work_beside "$place"
apt_of_suite "$work" "$suite"
mkdir -p "$work/tree/bin"
# shellcheck disable=SC2086
apt-get $options -qq install -y --download-only "$@" >/dev/null

# The newer libc of the two is the one that both the interpreter and what this system's compiler makes can use.
# `version: 2.41-12` of Debian's package against `glibc 2.36` of the system.
libc_package=$(ls "$work"/archives/libc6_*.deb)
libc=$(dpkg-deb -f "$libc_package" Version)
own_libc=$(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)
if dpkg --compare-versions "${libc%%-*}" le "$own_libc"; then
    rm "$libc_package"
fi
for package in "$work"/archives/*.deb; do
    case $(basename "$package") in
    # Needed by packages' installation scripts or by compilers, neither of which is run here.
    debconf_* | dpkg_* | tar_* | ca-certificates_* | linux-libc-dev_* | libc6-dev_* | libc-dev-bin_* | tzdata_*) ;;
    *) dpkg -x "$package" "$work/tree" ;;
    esac
done

tree=$work/tree
rm -rf "$tree/usr/share/doc" "$tree/usr/share/man" "$tree/usr/lib/debug"
# Only Python's own headers: those of a newer libc are not for this system's compiler.
for header in "$tree"/usr/include/* "$tree"/usr/include/*-linux-gnu/*; do
    case $(basename "$header") in
    python* | pypy* | *-linux-gnu) ;;
    *) rm -rf "$header" ;;
    esac
done
# pyconfig.h forwards to a folder that a compiler only searches below /usr/include.
for header in "$tree"/usr/include/*-linux-gnu/python*/pyconfig.h; do
    [ -e "$header" ] || continue
    cp "$header" "$tree/usr/include/$(basename "$(dirname "$header")")/pyconfig.h"
done
# What CPython remembers of where it was built to lie: headers, and the wheels that new environments begin with.
for memory in "$tree"/usr/lib/python3*/_sysconfig*data_*.py "$tree"/usr/lib/python3*/_sysconfig_vars_*.json; do
    [ -e "$memory" ] || continue
    sed -i -E "s#(['\"])/usr/(include|share/python-wheels)#\1$place/usr/\2#g" "$memory"
done

program_file=$(readlink -f "$tree/usr/bin/$program")
mv "$program_file" "$program_file.elf"
cat >"$program_file" <<START
#!/bin/sh
# Starts this folder's interpreter, under the name by which this script is called, through the newer loader and libc.
root=$place
START
cat >>"$program_file" <<'START'
for loader in "$root"/usr/lib/*/ld-linux-*.so.* "$root"/lib/*/ld-linux-*.so.* /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.*; do
    [ -e "$loader" ] || continue
    libraries=$root/usr/bin
    for folder in "$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu; do
        libraries=$libraries:$folder
    done
START
cat >>"$program_file" <<START
    exec "\$loader" --library-path "\$libraries" --argv0 "\$0" "\$root/usr/bin/$(basename "$program_file").elf" "\$@"
done
echo "\$0: no dynamic loader below \$root" >&2
exit 127
START
chmod +x "$program_file"
cat >"$tree/bin/$program" <<START
#!/bin/sh
exec "$place/usr/bin/$program" "\$@"
START
chmod +x "$tree/bin/$program"

rm -rf "$place.old"
[ ! -e "$place" ] || mv "$place" "$place.old"
mv "$tree" "$place"
found=$(told "$place/bin/$program")
case $found in
"$version"*) ;;
*)
    rm -rf "$place"
    [ ! -e "$place.old" ] || mv "$place.old" "$place"
    echo "$suite has $program ${found:-that does not start}, expected $version" >&2
    exit 69
    ;;
esac
rm -rf "$place.old"
echo "made $place: $program $found of $suite"
