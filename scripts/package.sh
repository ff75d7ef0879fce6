#!/usr/bin/env bash
# package.sh: makes the packages for users, a .tar.gz and a .deb, in build/package.
#
#   scripts/package.sh
#
# The programs in them are stripped and need no library but libc's; kvserver is built without ZeroMQ. At the end it
# prints their sizes and times to the first reply, compared with Debian's memcached and redis-server, and fails when
# kvserver is 3 MB or larger, or never answers within 5 ms of its start.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(dirname "$scripts")/build/package

case ${1:-} in
    '') ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
    *) echo "package: unexpected '$1', see --help" >&2 && exit 2 ;;
esac

"$scripts/packages.sh" build package
"$scripts/build.sh" package
rm -rf "$build"/kvserver[-_]*.{deb,tar.gz} "$build/unpacked"
(cd "$build" && cpack)
dpkg-deb --extract "$build"/kvserver_*.deb "$build/unpacked"

peers=$("$scripts/peers.sh")
/usr/bin/python3 "$scripts/measure/footprint.py" "$build/unpacked/usr/bin" "$peers"
printf '%s\n' "$build"/kvserver[-_]*.{deb,tar.gz}
