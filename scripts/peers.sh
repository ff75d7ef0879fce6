#!/usr/bin/env bash
# peers.sh: fetches the servers and clients that kvserver is compared with: memcached, Redis, libmemcached's tools.
#
#   scripts/peers.sh           fetches them once, prints their folder
#
# They are unpacked, not installed, because installing them would start services on the usual ports. Run them as
# build/peers/usr/bin/memcached and so on (build/peers/bin is the same folder): small wrappers that set the path of the
# libraries unpacked with them. KV_PEERS=FOLDER names another folder than build/peers.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=packages.sh
source "$scripts/packages.sh"

root=${KV_PEERS:-$(dirname "$scripts")/build/peers}
peers=(memcached redis-server redis-tools libmemcached-tools)

# Prints the library packages that the given packages depend on and this machine lacks, theirs included.
missing_libraries() {
    local -A seen=()
    local queue=("$@") library
    while ((${#queue[@]})); do
        local dependencies
        dependencies=$(LC_ALL=C apt-cache depends --important "${queue[0]}" | sed -n 's/.*Depends: \(lib[^ ]*\)$/\1/p') || return
        queue=("${queue[@]:1}")
        for library in $dependencies; do
            [[ -z ${seen[$library]:-} ]] || continue
            seen[$library]=yes
            is_installed "$library" && continue
            queue+=("$library")
            echo "$library"
        done
    done
}

download() {
    local libraries
    libraries=$(missing_libraries "${peers[@]}") || return
    # shellcheck disable=SC2086  # one word per library is meant
    (cd "$root/archives" && apt-get -q -o APT::Sandbox::User=root download "${peers[@]}" $libraries >/dev/null)
}

# apt's lists may be missing or out of date: then they are updated once.
download_and_unpack() {
    local archive
    mkdir -p "$root/archives"
    download 2>/dev/null || { apt_get update >/dev/null && download; }
    for archive in "$root"/archives/*.deb; do
        dpkg -x "$archive" "$root/unpacked"
    done
    rm -r "$root/archives"
}

# Each wrapper replaces itself by the program (exec), so signals, exit status and process ID are the program's.
write_wrappers() {
    local program
    mkdir -p "$root/bin" "$root/usr"
    ln -sfn ../bin "$root/usr/bin"
    for program in "$root"/unpacked/usr/bin/{memc*,redis-*}; do
        cat >"$root/bin/${program##*/}" <<WRAPPER
#!/bin/sh
unpacked=\$(dirname "\$(readlink -f "\$0")")/../unpacked
libraries=\$(echo "\$unpacked"/usr/lib/*-linux-gnu*)
LD_LIBRARY_PATH=\$libraries\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} exec "\$unpacked/usr/bin/${program##*/}" "\$@"
WRAPPER
        chmod +x "$root/bin/${program##*/}"
    done
}

case ${1:-} in
    '') ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
    *) echo "peers: unexpected '$1', see --help" >&2 && exit 2 ;;
esac

if [[ $(cat "$root/.complete" 2>/dev/null) != "${peers[*]}" ]]; then
    echo "peers: fetching ${peers[*]} into $root" >&2
    download_and_unpack
    write_wrappers
    echo "${peers[*]}" >"$root/.complete"
fi
echo "$root"
