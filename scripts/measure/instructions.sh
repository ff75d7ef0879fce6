#!/usr/bin/env bash
# instructions.sh: how many instructions kvserver executes per request, as valgrind's callgrind counts them.
#
#   scripts/measure/instructions.sh              of the release build
#   scripts/measure/instructions.sh FOLDER       of the kvserver in that folder, built from another commit, say
#
# Unlike seconds they do not depend on what else the machine does, so that two versions can be compared anywhere. The
# kernel's part is not in it: that shows as system calls in 'strace -c'. Sessions do not poll meanwhile: empty polls
# would count.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(dirname "$scripts")
# shellcheck source-path=SCRIPTDIR/.. source=packages.sh
source "$scripts/packages.sh"

requests=10000
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

install_packages build
install_missing valgrind
"$scripts/build.sh" release kvserver kvbench >&2
bench=$root/build/release/bin/kvbench
kvserver=${1:-$root/build/release/bin}/kvserver

start_server() {
    KVSERVER_BUSY_POLL=0 valgrind --tool=callgrind --callgrind-out-file="$work/$1" --instr-atstart=no \
        "$kvserver" --listen memcache://127.0.0.1:0 >"$work/ready" 2>"$work/log" &
    server=$!
    until grep -q '^ready' "$work/ready"; do
        kill -0 "$server" || { cat "$work/log" >&2 && exit 1; }
    done
    uri=$(sed -n 's/^ready //p' "$work/ready")
}

# count NAME KVBENCH-OPTION...: one client that goes on for long enough that its coming and going do not count.
count() {
    local name=$1 total
    shift
    start_server "$name"
    "$bench" "$uri" --prefill -c 1 -k 1000 -n 1000 --progress off "$@" >/dev/null
    callgrind_control --instr=on "$server" >/dev/null
    "$bench" "$uri" -c 1 -k 1000 -n "$requests" --progress off "$@" >/dev/null
    callgrind_control --instr=off "$server" >/dev/null
    kill "$server" && wait "$server"
    server=
    total=$(sed -n 's/^\(totals\|summary\): //p' "$work/$name" | tail -n 1)
    printf '%-28s %7d instructions per request\n' "$name" "$((total / requests))"
}

count "get" --ratio 1
count "get, 16 at a time" --ratio 1 --pipeline 16
count "overwrite" --ratio 0
count "overwrite, 16 at a time" --ratio 0 --pipeline 16
