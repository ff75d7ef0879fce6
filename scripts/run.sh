#!/usr/bin/env bash
# run.sh: from a fresh Debian machine to a running server: installs what is missing, builds, starts kvserver.
#
#   scripts/run.sh [KVSERVER OPTIONS]        scripts/run.sh --help shows kvserver's own options
#
# Everything but the server's own output goes to stderr, so the server's lines can be read by a program.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

"$scripts/packages.sh" build
"$scripts/build.sh" release kvserver kvcli >&2
exec "$(dirname "$scripts")/build/release/bin/kvserver" "$@"
