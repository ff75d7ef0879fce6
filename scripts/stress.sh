#!/usr/bin/env bash
# stress.sh: puts on kvserver what an attacker or a heavy user would, beside memcached and Redis, and prints a table.
#
#   scripts/stress.sh                   every load: about a quarter of an hour on two cores
#   scripts/stress.sh --only stop       the loads whose names begin so (--list names them)
#   scripts/stress.sh --quick           every load made small, kvserver only, in a minute: it must live, answer and stop
#   scripts/stress.sh --check           exit status 1 when a figure is over its bar
#   scripts/stress.sh --help            all options
#
# A peer that is not there is left out by name. Stop other work first: the bars are for a quiet machine.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")

case " $* " in
    *' --help '* | *' -h '* | *' --list '* | *' --programs'*) ;;
    *) "$scripts/build.sh" release kvserver >&2 ;;
esac
exec /usr/bin/python3 -B "$scripts/measure/stress.py" --programs "$root/build/release/bin" "$@"
