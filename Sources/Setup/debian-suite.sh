# Read by the scripts of this folder, not started: how apt-get asks one Debian suite from a folder of its own.
# No root, and nothing of this system's own package lists is touched. The archive is the one that this system itself
# installs from, whatever it is called.

# work_beside PLACE: makes PLACE absolute, as $place, and a folder $work beside it that goes with the script.
work_beside() {
    mkdir -p "$(dirname "$1")"
    place=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
    work=$(mktemp -d "$(dirname "$place")/.unpacking.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
}

# apt_of_suite WORK SUITE: makes what apt-get needs in the folder WORK; $options are the words to give it.
# Expects to be in a script with `set -eu`; ends it with 69 where no Debian archive is configured.
apt_of_suite() {
    suite_work=$1
    # apt drops its privileges for downloads, and must be able to reach the folder.
    chmod 755 "$suite_work"
    suite_archive=$(archive_of)
    # apt knows an archive's origin only from its lists, which a new machine lacks: they are fetched then.
    if [ -z "$suite_archive" ]; then
        mkdir -p "$suite_work/system-lists/partial"
        apt-get -o "Dir::State::Lists=$suite_work/system-lists" -o APT::Sandbox::User=root -qq update
        suite_archive=$(archive_of -o "Dir::State::Lists=$suite_work/system-lists")
    fi
    [ -n "$suite_archive" ] || {
        echo "no Debian archive is configured here" >&2
        exit 69
    }
    mkdir -p "$suite_work/lists/partial" "$suite_work/archives/partial"
    : >"$suite_work/status"
    for kind in deb deb-src; do
        echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $suite_archive $2 main"
    done >"$suite_work/sources.list"
    options="-o Dir::Etc::SourceList=$suite_work/sources.list -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::Lists=$suite_work/lists -o Dir::State::status=$suite_work/status
        -o Dir::Cache::archives=$suite_work/archives -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
        -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Acquire::Retries=2"
    # shellcheck disable=SC2086  # the options are words
    apt-get $options -qq update
}

archive_of() {
    apt-get "$@" indextargets --format '$(SITE) $(ORIGIN) $(RELEASE)' 'Created-By: Packages' |
        awk '$2 == "Debian" && $3 !~ /-/ { print $1; exit }'
}
