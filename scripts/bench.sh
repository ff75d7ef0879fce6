#!/usr/bin/env bash
# bench.sh: compares kvserver with memcached and Redis on this machine, with kvbench.
#
#   scripts/bench.sh                    everything: about half an hour on two cores
#   scripts/bench.sh --quick            the main points, in two minutes
#   scripts/bench.sh --point 50x16      one point (--list names them)
#   scripts/bench.sh --help             all options
#
# Writes build/bench/results.json, table.md, chart.svg and chart.png. Stop other work first: ratios are taken within one
# interleaved run and survive a noisy machine, absolute figures do not.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")
# shellcheck source-path=SCRIPTDIR source=packages.sh
source "$scripts/packages.sh"

case " $* " in
    *' --help '* | *' -h '* | *' --list '*) exec /usr/bin/python3 "$scripts/measure/bench.py" "$@" ;;
esac

install_packages build
install_missing python3 python3-matplotlib
"$scripts/build.sh" release kvserver kvbench >&2
KV_PEERS=$("$scripts/peers.sh")
export KV_PEERS
exec /usr/bin/python3 "$scripts/measure/bench.py" --programs "$root/build/release/bin" --out "$root/build/bench" "$@"
