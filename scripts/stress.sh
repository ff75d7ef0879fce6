#!/usr/bin/env bash
# stress.sh: compares kvserver, memcached and Redis under hostile and heavy loads, and prints a table.
#
#   scripts/stress.sh                   every load: about a quarter of an hour on two cores
#   scripts/stress.sh --only stop       the loads whose names begin like this (--list names them)
#   scripts/stress.sh --quick           small loads, kvserver only, in a minute: it must survive, answer and stop
#   scripts/stress.sh --check           exit status 1 when a figure exceeds its bound
#   scripts/stress.sh --help            all options
#
# A missing peer is reported and left out. Stop other work first: the bounds are for a quiet machine.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")

case " $* " in
    *' --help '* | *' -h '* | *' --list '* | *' --programs'*) ;;
    *) "$scripts/build.sh" release kvserver >&2 ;;
esac
exec /usr/bin/python3 -B "$scripts/measure/stress.py" --programs "$root/build/release/bin" "$@"
