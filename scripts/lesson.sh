#!/usr/bin/env bash
# lesson.sh: lists, shows, runs and traces the lessons of server/lessons/ and client/lessons/.
#
#   scripts/lesson.sh list         number and question of every lesson
#   scripts/lesson.sh show N       the pages of lesson N
#   scripts/lesson.sh run N...     compile what lesson N needs, then run both halves on a free port; all: every lesson
#   scripts/lesson.sh trace N...   the same under strace, showing the system calls that matter
#
# The commands to run and the calls to show are read from the lessons' header comments, so that these cannot be wrong.
# Each lesson is compiled separately into build/release/lessons, which needs only a compiler, Boost's headers and
# Python. $KV_LESSON_PROGRAMS names a folder with built programs instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    sed -n '2,/^set /s/^# \{0,1\}//p' scripts/lesson.sh
}

# The file whose header has a lesson's "Run:" block: the server half, or the only half.
main_source() {
    local number
    if [[ $1 =~ ^[0-9]{1,2}$ ]]; then
        printf -v number '%02d' "$((10#$1))"
        compgen -G "server/lessons/${number}_*.cpp" && return
    fi
    echo "lesson: there is no lesson '$1', scripts/lesson.sh list shows them all" >&2
    exit 2
}

# The question is the first paragraph of a header: "// Lesson 07, server half. Can one thread ...?"
list() {
    local source
    for source in server/lessons/[0-9]*.cpp; do
        sed -n '1,/^\/\/$/p' "$source" | sed 's|^// *||' | paste -sd ' ' |
            sed -E 's/^Lesson ([0-9]+)(, server half)?\. /\1  /; s/ *$//'
    done
}

show() {
    local source number
    source=$(main_source "$1")
    number=${source#server/lessons/}
    cat "$source" client/lessons/"${number%%_*}"_*.cpp 2>/dev/null | ${PAGER:-cat}
}

install() {
    # shellcheck source=/dev/null
    source scripts/packages.sh && install_missing "$@"
}

# compile PROGRAM: 02_tcp_hello_server comes from server/lessons/02_tcp_hello.cpp, if that is newer.
compile() {
    local half=${1##*_} program=$programs/$1
    local source=$half/lessons/${1%_*}.cpp
    [[ $program -nt $source ]] && return
    echo "compiling $source" >&2
    mkdir -p "$programs"
    "${CXX:-g++}" -std=c++20 -O0 -pthread -o "$program" "$source"
}

# play KIND SOURCE: KIND is run or trace.
play() {
    local program
    if [[ -z ${KV_LESSON_PROGRAMS:-} ]]; then
        command -v "${CXX:-g++}" >/dev/null || install g++
        [[ -e /usr/include/boost/asio.hpp ]] || install libboost-dev
        sed -nE 's|^//     build/release/lessons/([^ ]*).*|\1|p' "$2" | while read -r program; do
            compile "$program"
        done
    fi
    [[ -x /usr/bin/python3 ]] || install python3
    [[ $1 == run ]] || command -v strace >/dev/null || install strace
    /usr/bin/python3 scripts/play_lesson.py "$1" "$programs" "$2"
}

# play_each KIND N...
play_each() {
    local number source kind=$1
    shift
    [[ $* != all ]] || mapfile -t numbers < <(list | cut -d ' ' -f 1)
    [[ $* == all ]] || numbers=("$@")
    for number in "${numbers[@]}"; do
        ((${#numbers[@]} == 1)) || list | grep "^$(printf '%02d' "$((10#$number))") "
        source=$(main_source "$number")
        play "$kind" "$source"
    done
}

programs=${KV_LESSON_PROGRAMS:-build/release/lessons}
case "${1:-}" in
    list) list ;;
    show) (($# == 2)) || { usage >&2 && exit 2; } && show "$2" ;;
    run | trace) (($# > 1)) || { usage >&2 && exit 2; } && play_each "$@" ;;
    -h | --help) usage ;;
    *) usage >&2 && exit 2 ;;
esac
