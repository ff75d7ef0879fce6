#!/usr/bin/env bash
# format.sh: formats the C++ sources that git tracks, as .clang-format says.
#
#   scripts/format.sh            rewrites them
#   scripts/format.sh --check    changes nothing: names the places that differ, fails if there are any
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

case ${1:-} in
    '') mode=(-i) ;;
    --check) mode=(--dry-run -Werror) ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
    *) echo "format: unexpected '$1', see --help" >&2 && exit 2 ;;
esac

"$scripts/packages.sh" check
cd "$scripts/.."
mapfile -t files < <(git ls-files -- {server,client,common,test}/\*.{h,cpp})
((${#files[@]})) || { echo "format: git tracks no C++ source here" >&2 && exit 1; }
clang-format "${mode[@]}" "${files[@]}"
echo "format: ${#files[@]} files"
