#!/usr/bin/env bash
# lesson.sh: lists, runs and traces the lessons of server/lessons/ and client/lessons/.
#
#   scripts/lesson.sh list       number and question of every lesson
#   scripts/lesson.sh run N      build what lesson N needs, then run both halves on a free port
#   scripts/lesson.sh trace N    the same under strace, showing the system calls that matter
#
# What is run, and which calls matter, is read from the lessons' own header comments, so that a header
# cannot promise anything else. Programs are built in build/release, or in $KV_BUILD_DIR, a folder that
# CMake has configured already; $KV_LESSON_PROGRAMS names a folder where they are built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deadline_s=60 # a lesson ends by itself; one that hangs is ended

usage() {
    sed -n '2,/^set /s/^# \{0,1\}//p' scripts/lesson.sh
}

# Everything a lesson is run with, and nothing left of it afterwards.
server_process=''
pipes=''
clean_up() {
    [[ -z $server_process ]] || kill "$server_process" 2>/dev/null || true
    [[ -z $pipes ]] || rm -r "$pipes"
}
trap clean_up EXIT

# The file whose header has a lesson's "Run:" block: the server half, or the only half there is.
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

build() {
    [[ -n ${KV_LESSON_PROGRAMS:-} ]] && return
    if [[ -n ${KV_BUILD_DIR:-} ]]; then
        cmake --build "$KV_BUILD_DIR" --target "$@"
    else
        scripts/packages.sh build
        scripts/build.sh release "$@"
    fi | sed '/no work to do/d' >&2
}

# Puts a side's name before each of its lines.
label() {
    local colour='' plain=''
    if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
        [[ $1 == server ]] && colour=$'\e[33m' || colour=$'\e[36m'
        plain=$'\e[0m'
    fi
    sed -u "s/^/${colour}[$1]$plain /"
}

# Takes the server's output up to the line that tells its port, passes it on, and sets $port.
read_port() {
    local line
    while IFS= read -r line; do
        echo "$line" >&"$server_lines"
        port=${line##*:}
        [[ $line == "listening on 127.0.0.1:"* ]] && return
    done
    echo "lesson: the server has ended without listening" >&2
    return 1
}

# program KIND HALF NAME ARGUMENT...: becomes that program, or strace showing the calls in its header.
program() {
    local half=$2 name=$3 command=()
    if [[ $1 == trace ]]; then
        # -f follows threads and child processes, -qq leaves out strace's remarks about itself.
        # '?' before a call's name: not every kind of machine has every call.
        local calls
        calls=$(sed -nE 's|^// Trace: +||p' "$half/lessons/${name%_*}.cpp")
        command=(strace -f -qq -s 60 -e "trace=?${calls//,/,?}")
    fi
    exec timeout "$deadline_s" "${command[@]}" "$programs/$name" "${@:4}" 2>&1
}

# play KIND: runs the programs of the "Run:" block of $source; KIND is run or trace.
play() {
    local commands server client port
    mapfile -t commands < <(sed -nE 's|^//     build/release/lessons/||p' "$source")
    read -ra server <<<"${commands[0]}"
    read -ra client <<<"${commands[1]:-}"
    build "${server[0]}" "${client[@]:0:1}"
    programs=${KV_LESSON_PROGRAMS:-${KV_BUILD_DIR:-build/release}/lessons}

    if ((${#commands[@]} == 1)); then # both ends in one program
        (program "$1" server "${server[@]}") | label server
        return
    fi

    # Both labels are ready before anybody speaks, so that lines come out in the order they were said.
    pipes=$(mktemp -d)
    mkfifo "$pipes/server" "$pipes/client"
    label server <"$pipes/server" &
    label client <"$pipes/client" &
    exec {server_lines}>"$pipes/server" {client_lines}>"$pipes/client"

    # Port 0: the system picks a free one, and the server's first line says which.
    exec {server_output}< <(program "$1" server "${server[0]}" 0 "${server[@]:2}")
    server_process=$!
    read_port <&"$server_output"
    cat <&"$server_output" >&"$server_lines" &
    (program "$1" client "${client[0]}" "$port" "${client[@]:2}") >&"$client_lines"
    wait "$server_process"
    server_process=''
    exec {server_lines}>&- {client_lines}>&-
    wait # for the labels
}

have_strace() {
    if ! command -v strace >/dev/null; then
        # shellcheck source=/dev/null
        source scripts/packages.sh && install_missing strace
    fi
}

case "$#:${1:-}" in
    1:list) list ;;
    2:run) source=$(main_source "$2") && play run ;;
    2:trace) source=$(main_source "$2") && have_strace && play trace ;;
    1:-h | 1:--help) usage ;;
    *) usage >&2 && exit 2 ;;
esac
