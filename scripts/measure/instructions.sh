#!/usr/bin/env bash
# instructions.sh: how many instructions kvserver and Redis execute per request, as valgrind's callgrind counts them.
#
#   scripts/measure/instructions.sh [FOLDER]                      gets and sets, one and 16 (x16) at a time
#   scripts/measure/instructions.sh [FOLDER] --functions CASE     the ten functions of kvserver that execute the most of
#                                                                 them in one case: --functions "redis set x16"
#
# FOLDER has the kvserver to measure, for example of another commit; without it the script builds the release variant.
# A get hits and a set replaces a value, with 1,000 keys and values of 100 bytes.
#
# Unlike seconds, instructions do not depend on the load of the machine, so two versions can be compared anywhere. The
# kernel's instructions are not counted; 'strace -c' shows its system calls. Sessions run without polling, because empty
# polls would count.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(dirname "$scripts")
# shellcheck source-path=SCRIPTDIR/.. source=packages.sh
source "$scripts/packages.sh"

cases=({memcache,redis}" "{get,set}{,' x16'})
requests=10000
work=$(mktemp -d)
server=
trap stop_all EXIT

stop_all() {
    [[ -z $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$work"
}

fail() {
    echo "instructions: $1" >&2
    exit "${2:-1}"
}

is_case() {
    local case
    for case in "${cases[@]}"; do
        [[ $1 != "$case" ]] || return 0
    done
    return 1
}

# start READY COMMAND...: starts a server under callgrind, not counting yet, and waits for the line READY.
start() {
    : >"$work/output"
    valgrind --tool=callgrind --callgrind-out-file="$work/counts" --instr-atstart=no "${@:2}" \
        >"$work/output" 2>"$work/log" &
    server=$!
    until grep -q "$1" "$work/output"; do
        kill -0 "$server" 2>/dev/null || { cat "$work/output" "$work/log" >&2 && fail "$2 does not start"; }
        sleep 0.05
    done
}

start_kvserver() {
    KVSERVER_BUSY_POLL=0 start '^ready' "$kvserver" --listen "$1://127.0.0.1:0"
    uri=$(sed -n 's/^ready //p' "$work/output")
}

# The program itself, not the wrapper of scripts/peers.sh, whose shell callgrind would count.
start_redis() {
    local port libraries=("$peers"/unpacked/usr/lib/*-linux-gnu*)
    port=$(free_port)
    LD_LIBRARY_PATH=$(IFS=: && echo "${libraries[*]}") start 'Ready to accept connections' \
        "$peers/unpacked/usr/bin/redis-server" --bind 127.0.0.1 --port "$port" --save '' --appendonly no --io-threads 1
    uri=redis://127.0.0.1:$port
}

# Below the kernel's ephemeral ports.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

set_counting() {
    local said
    said=$(callgrind_control --instr="$1" "$server" 2>&1) || fail "$said"
}

# count CASE: sets $count to the running server's instructions per request, and ends the server. One client sends so
# many requests that its connect and close do not matter.
count() {
    local total load=(-c 1 -k 1000 -s 100 --progress off)
    [[ $1 == *get* ]] && load+=(--ratio 1) || load+=(--ratio 0)
    [[ $1 == *x16 ]] && load+=(--pipeline 16)
    "$bench" "$uri" --prefill -n 1000 "${load[@]}" >/dev/null
    set_counting on
    "$bench" "$uri" -n "$requests" "${load[@]}" >/dev/null
    set_counting off
    kill "$server" && wait "$server"
    server=
    total=$(sed -n 's/^\(totals\|summary\): //p' "$work/counts" | tail -n 1)
    count=$((total / requests))
}

print_table() {
    local case
    printf '%-18s%10s%14s\n' 'per request' kvserver redis-server
    for case in "${cases[@]}"; do
        start_kvserver "${case%% *}"
        count "$case"
        printf '%-18s%10d' "$case" "$count"
        if [[ $case == redis* ]]; then
            start_redis
            count "$case"
            printf '%14d' "$count"
        fi
        echo
    done
}

# callgrind lists a function once for each file its code comes from, because of inlining:
# '30,000  file:function [program]'.
print_functions() {
    start_kvserver "${1%% *}"
    count "$1"
    printf '%8d  %s, all of it\n' "$count" "$1"
    callgrind_annotate --auto=no --show-percs=no --threshold=100 "$work/counts" 2>/dev/null |
        sed -nE '/PROGRAM TOTALS/d; s/^ *([0-9,]+) +[^ :]*:(.*)$/\1 \2/p' |
        sed -E "s/ \[[^]]*\]$//; s/'[0-9]+$//; s/std::basic_string_view<char, std::char_traits<char> >/std::string_view/g" |
        awk -v requests="$requests" '
            { count = $1; gsub(",", "", count); sub("^[^ ]+ ", ""); counts[$0] += count }
            END { for (name in counts) printf "%8d  %.110s\n", counts[name] / requests, name }' |
        sort -rn | sed -n 1,10p
}

folder=
functions=
while (($#)); do
    case $1 in
        -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
        --functions)
            functions=${2:-}
            is_case "$functions" || fail "no case '$functions' among $(IFS=, && echo "${cases[*]}")" 2
            shift
            ;;
        -*) fail "unexpected '$1', see --help" 2 ;;
        *) folder=$1 ;;
    esac
    shift
done

install_packages build
install_missing valgrind
targets=(kvbench)
[[ -n $folder ]] || targets+=(kvserver)
"$scripts/build.sh" release "${targets[@]}" >&2
bench=$root/build/release/bin/kvbench
kvserver=${folder:-$root/build/release/bin}/kvserver

if [[ -n $functions ]]; then
    print_functions "$functions"
else
    peers=$("$scripts/peers.sh")
    print_table
fi
