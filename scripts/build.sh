#!/usr/bin/env bash
# build.sh: builds one variant of everything into build/VARIANT, the programs into build/VARIANT/bin.
#
#   scripts/build.sh [VARIANT] [-DOPTION=VALUE...] [TARGET...]
#
#   release   optimised, what users run (the default)
#   dev       for work on the code: no optimisation, every warning is an error
#   asan      clang with AddressSanitizer and UndefinedBehaviorSanitizer, in half of g++'s time
#   tsan      ThreadSanitizer, without the ZeroMQ listener (libzmq's own threads are not instrumented); with g++, since
#             clang's does not let a test define its own operator new
#   clang     clang's compiler with its thread-safety analysis
#   tidy      builds nothing: only the compile commands of clang, which scripts/tidy.py reads
#   package   for scripts/package.sh: only the programs, without ZeroMQ; they need no library but libc's
#   fuzz      clang with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer: the programs are the fuzzers
#
# Arguments that begin with '-' go to CMake, the others are targets: scripts/build.sh dev -DKV_BUILD_LESSONS=OFF kvserver
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")

case ${1:-} in
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
    -* | '') variant=release ;;
    *) variant=$1 && shift ;;
esac

clang=(-DCMAKE_CXX_COMPILER=clang++)
# -g1: lines for backtraces and profiles, without the rest that takes a quarter to half of the time to build. Sanitized
# programs use -O1, or the tests would take too long, and keep their asserts (no NDEBUG).
sanitized=(-DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1 -fno-omit-frame-pointer" -DKV_WERROR=ON)
# Sources of a target are compiled together: the headers they share, which take most of the time, are read once.
together=(-DCMAKE_UNITY_BUILD=ON)
optimised=(-DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 -g1 -DNDEBUG")
case $variant in
    release) options=("${optimised[@]}") ;;
    dev) options=(-DCMAKE_BUILD_TYPE=Debug -DKV_WERROR=ON) ;;
    asan) options=("${clang[@]}" "${sanitized[@]}" "${together[@]}" "-DKV_SANITIZE=address,undefined") ;;
    tsan) options=("${sanitized[@]}" "${together[@]}" -DKV_SANITIZE=thread -DKV_WITH_ZEROMQ=OFF) ;;
    clang | tidy) options=("${clang[@]}" "${together[@]}" -DCMAKE_BUILD_TYPE=Debug -DKV_WERROR=ON
        "-DCMAKE_CXX_FLAGS=-Wthread-safety -Werror=thread-safety -Wreserved-identifier -Wzero-as-null-pointer-constant") ;;
    package) options=("${optimised[@]}" -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib -DKV_STATIC=ON
        -DKV_WITH_ZEROMQ=OFF -DKV_ZSH_COMPLETIONS=share/zsh/vendor-completions -DKV_BUILD_TESTS=OFF -DKV_BUILD_LESSONS=OFF) ;;
    fuzz) options=("${clang[@]}" "${sanitized[@]}" "${together[@]}" "-DKV_SANITIZE=address,undefined" -DKV_BUILD_FUZZERS=ON
        -DKV_BUILD_TESTS=OFF -DKV_BUILD_LESSONS=OFF) ;;
    *) echo "build: unknown variant '$variant', see --help" >&2 && exit 2 ;;
esac
options+=(-DCMAKE_EXPORT_COMPILE_COMMANDS=ON)

# Paths below the repository count as relative, so ccache also works for a clone in another folder, except where sources
# are compiled together. In depend mode the compiler reports the headers of a source, so a miss is not preprocessed
# twice.
if command -v ccache >/dev/null; then
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
    options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi

targets=()
for argument in "$@"; do
    case $argument in
        -*) options+=("$argument") ;;
        *) targets+=("$argument") ;;
    esac
done

# Configure once, and again only for other options; Ninja itself notices a changed CMakeLists.txt.
build=$root/build/$variant
if [[ ! -e $build/build.ninja || $(cat "$build/.options" 2>/dev/null) != "${options[*]}" ]]; then
    cmake -S "$root" -B "$build" -G Ninja "${options[@]}"
    echo "${options[*]}" >"$build/.options"
fi
if [[ $variant == tidy ]]; then  # clang-tidy searches for its settings upwards from a source
    ln -sf "$root/test/.clang-tidy" "$build/test/"
    exit
fi
exec cmake --build "$build" ${targets[@]:+--target "${targets[@]}"}
