#!/bin/sh
# A shell test that carries its server: it starts itself again beside one on a free port, and however
# either of them ends, the other one ends too. Needs kvserver and kvcli on PATH.
[ -n "$KV_URL" ] || exec kvserver run --log-level warning --virtual-clock -- "$0" "$@"
set -eu

expect() {
    wanted=$1 && shift
    got=$("$@" || true)
    [ "$got" = "$wanted" ] || { echo "$*: got '$got', not '$wanted'" >&2 && exit 1; }
}

expect STORED kvcli set greeting hello
expect hello kvcli get greeting

kvcli set session open EX 60 >/dev/null
kvcli "$KV_REDIS_URL" debugtime 61 >/dev/null  # a minute later, without waiting for it
expect "" kvcli get session
echo "cache_test.sh: passed"
