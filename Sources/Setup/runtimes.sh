#!/bin/sh
# Makes the runtimes of hpy-conform.toml in a folder of the project. Safe to repeat; quick when they are there.
# usage: runtimes.sh FOLDER
#
#   cpython-3.11   Debian's own CPython in a virtual environment with hpy 0.9.0 from the package index
#   pypy-7.3.19    Debian 13's PyPy, unpacked into a folder of its own and started through its own loader,
#                  because it needs a newer libc than Debian 12's
#
# PyPy is optional: where it can't be had, this says so and ends well.
set -eu

folder=$1
hpy_version=0.9.0
debian_suite=trixie
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

# The archive that this system itself installs from, whatever it is called.
debian_archive() {
    apt-get indextargets --format '$(SITE) $(ORIGIN) $(RELEASE)' 'Created-By: Packages' |
        awk '$2 == "Debian" && $3 !~ /-/ { print $1; exit }'
}

make_pypy() {
    place=$folder/pypy-7.3.19
    [ -x "$place/bin/pypy3" ] && "$place/bin/pypy3" -c 'import hpy.universal' 2>/dev/null && return 0
    archive=$(debian_archive)
    [ -n "$archive" ] || {
        echo "no Debian archive is configured here" >&2
        return 1
    }
    work=$(mktemp -d "$folder/making-pypy.XXXXXX")
    # apt drops its privileges for downloads, and must be able to reach the folder.
    chmod 755 "$work"
    mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/tree/bin"
    : >"$work/status"
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$keyring] $archive $debian_suite main" >"$work/sources.list"
    options="-o Dir::Etc::SourceList=$work/sources.list -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::Lists=$work/lists -o Dir::State::status=$work/status
        -o Dir::Cache::archives=$work/archives -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
        -o APT::Install-Recommends=false -o APT::Sandbox::User=root"
    # shellcheck disable=SC2086  # the options are words
    apt-get $options -qq update &&
        apt-get $options -qq install -y --download-only pypy3 pypy3-dev >/dev/null || {
        rm -rf "$work"
        return 1
    }
    for package in "$work"/archives/*.deb; do
        dpkg -x "$package" "$work/tree"
    done
    cat >"$work/tree/bin/pypy3" <<'START'
#!/bin/sh
# Starts this folder's PyPy through this folder's loader and libraries.
root=$(dirname "$(dirname "$(readlink -f "$0")")")
for loader in "$root"/usr/lib/*/ld-linux-*.so.*; do
    libraries=$(dirname "$loader")
    exec "$loader" --library-path "$libraries:$root/usr/bin" --argv0 "$root/usr/bin/pypy3" "$root/usr/bin/pypy3" "$@"
done
echo "$0: no dynamic loader below $root" >&2
exit 127
START
    chmod +x "$work/tree/bin/pypy3"
    "$work/tree/bin/pypy3" -c 'import hpy.universal' || {
        rm -rf "$work"
        return 1
    }
    rm -rf "$place"
    mv "$work/tree" "$place"
    rm -rf "$work"
    echo "made $place"
}

make_cpython
make_pypy || echo "PyPy 7.3.19 can't be had on this machine; runs go on without it" >&2
