#!/usr/bin/env bash
# redis_tests.sh: runs Redis' own tests, from Debian's source package, against kvserver.
#
#   scripts/redis_tests.sh                        all units listed below, against the release build
#   scripts/redis_tests.sh unit/type/list ...     only these units
#   scripts/redis_tests.sh --port PORT ...        against a server that already listens on 127.0.0.1
#   scripts/redis_tests.sh --fetch                only fetches the tests, and prints their folder
#
# scripts/measure/redis_tests.skip names the cases that are left out, and why. The sources are fetched once into build/ with an
# apt configuration of their own, checked against Debian's key, and never installed. One line a unit; what failed is printed
# in full, and all output is in build/logs. The exit status is 0 when nothing failed. KV_BIN=FOLDER names another build.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")
# shellcheck source-path=SCRIPTDIR source=packages.sh
source "$scripts/packages.sh"

fetched=$root/build/redis-source
logs=$root/build/logs
longest=120 # seconds without progress until a unit is given up

# scan and sort come last of the types: they need all of them.
units=(unit/type/string unit/type/incr unit/type/list unit/type/list-2 unit/type/list-3 unit/type/set unit/type/zset unit/type/hash
    unit/sort unit/scan unit/expire unit/keyspace unit/multi unit/bitops unit/bitfield unit/other unit/quit)

# What needs DEBUG, a replica, a file or another server's settings.
denied='-needs:debug -needs:repl -needs:save -needs:config-maxmemory -needs:config-resetstat'

# Lists, cache and state of apt stay under build/: /etc need not have deb-src lines.
fetch() {
    local apt=$fetched/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $(codename) main" >"$apt/sources.list"
    local options=(-q -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$apt/lists"
        -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update >&2
    (cd "$fetched" && apt-get "${options[@]}" --download-only source redis >&2)
    tar -xzf "$fetched"/redis_*.orig.tar.gz -C "$fetched" --strip-components=1
    soften "$fetched/tests"
    touch "$fetched/.complete"
}

codename() {
    sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# The harness may set what only Redis has (encodings, files), and forget the functions of a server that has none.
soften() {
    sed -i 's/^    r function flush$/    catch {r function flush}/' "$1/support/server.tcl"
    sed -i 's/^proc r {args} {$/proc r_strictly {args} {/' "$1/test_helper.tcl"
    sed -i "s|^proc r_strictly|source $scripts/measure/redis_tests.tcl\n&|" "$1/test_helper.tcl"
}

# start_kvserver: on a free port, which is then in `port`; stopped when this script ends.
start_kvserver() {
    local program=${KV_BIN:-$root/build/release/bin}/kvserver ready
    [[ -x $program ]] || { echo "redis_tests: no $program; build it, or name a server with --port" >&2 && exit 2; }
    coproc SERVER { exec "$program" --listen redis://127.0.0.1:0 --max-item-size=64m 2>"$logs/redis-tests-kvserver.log"; }
    # shellcheck disable=SC2064,SC2153  # the process known now; bash sets SERVER_PID
    trap "kill $SERVER_PID 2>/dev/null || true" EXIT
    read -r -t 20 ready <&"${SERVER[0]}"
    port=${ready##*:}
}

# run_unit UNIT: says in a line how it went; status 1 when something failed.
run_unit() {
    local log=$logs/redis-tests-${1//\//-}.log began=$SECONDS status=0
    (cd "$fetched" && tclsh tests/test_helper.tcl --host 127.0.0.1 --port "$port" --single "$1" --durable --timeout "$longest" \
        --ignore-encoding --ignore-digest --skipfile "$scripts/measure/redis_tests.skip" --tags "$denied") >"$log" 2>&1 || status=$?
    sed -i 's/\x1b\[[0-9;]*m//g' "$log"
    local good bad left_out
    good=$(grep -ac '^\[ok\]' "$log") || true
    bad=$(grep -ac '^\[\(err\|exception\|TIMEOUT\)\]' "$log") || true
    left_out=$(grep -ac '^\[\(skip\|ignore\)\]' "$log") || true
    printf '%-20s %4d passed %4d failed %4d left out %4d s\n' "$1" "$good" "$bad" "$left_out" "$((SECONDS - began))"
    ((status == 0 && bad == 0)) && return
    sed '/^ *The End$/q' "$log" | sed -n '/^\[\(err\|exception\|TIMEOUT\)\]/,/^\[\(ok\|skip\|ignore\|ready\)\]\|done\]:/p' |
        grep -av '^\[\(ok\|skip\|ignore\)\]\|done\]:' || tail -n 20 "$log"
    return 1
}

port=''
only_fetch=''
chosen=()
while (($#)); do
    case $1 in
        -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
        --port) port=$2 && shift ;;
        --fetch) only_fetch=yes ;;
        unit/*) chosen+=("$1") ;;
        *) echo "redis_tests: unexpected '$1', see --help" >&2 && exit 2 ;;
    esac
    shift
done
((${#chosen[@]})) || chosen=("${units[@]}")

install_missing tcl
[[ -e $fetched/.complete ]] || fetch
[[ -z $only_fetch ]] || { echo "$fetched" && exit; }
mkdir -p "$logs"
[[ -n $port ]] || start_kvserver
failed=0
for unit in "${chosen[@]}"; do
    run_unit "$unit" || failed=$((failed + 1))
done
echo "${#chosen[@]} units, $failed of them with failures"
((failed == 0))
