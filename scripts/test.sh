#!/usr/bin/env bash
# test.sh: installs what is missing, builds, tests, and prints one summary.
#
#   scripts/test.sh              every functional test of the release build (a few minutes)
#   scripts/test.sh all          everything a change must pass
#   scripts/test.sh GROUP...     only these groups:
#
#   functional   unit, wire and e2e tests of the release build, except slow ones
#   source       format, layers, length of the first reading, the scripts themselves
#   clang        clang's warnings, its thread-safety analysis and clang-tidy, all in one pass over each group of sources
#   asan, tsan   the functional tests under AddressSanitizer + UndefinedBehaviorSanitizer, under ThreadSanitizer (of the
#                lessons only those with threads)
#   fuzz         each fuzzer for 30 seconds
#   package      the packages for users, their contents, and the sizes of the programs
#   slow         the slow tests of the release build
#   release      functional and slow together
#
# A failing step does not stop the others; the output of each is in build/logs. The last line, 'N passed, N failed',
# counts the tests and the other steps. The exit status is 0 when none failed.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$scripts")
logs=$root/build/logs

case ${1:-} in
    '') groups=(functional) ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
    all) groups=(source release package clang asan tsan fuzz) ;;
    *) groups=("$@") ;;
esac

# --- steps, and the count over them -------------------------------------------------------------------------------

passed=0 failed=0 skipped=0
table=()
trap 'exit 130' INT TERM

# step NAME COMMAND...: runs a step with its output in a log, and shows the end of the log if it fails.
step() {
    local name=$1 log=$logs/${1// /-}.log status=0 started=$SECONDS
    shift
    printf '== %s\n' "$name"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        without_passed_tests "$log" | tail -n 200
        printf '== %s: failed with status %d, all of its output is in %s\n' "$name" "$status" "$log"
    fi
    count "$name" "$status" "$((SECONDS - started))"
    return "$status"
}

without_passed_tests() {
    grep -vE '^ +Start +[0-9]+:|^ *[0-9]+/[0-9]+ Test .* Passed ' "$1" || true
}

# A step counts as one; a step that ran ctest counts as the tests in it.
count() {
    local name=$1 status=$2 seconds=$3 verdict=passed detail=""
    local report=$logs/${name// /-}.xml
    if [[ -s $report ]]; then
        local tests good ignored bad
        tests=$(matches '<testcase ' "$report")
        good=$(matches '<testcase .*status="run"' "$report")
        ignored=$(matches '<skipped message="SKIP_|<testcase .*status="disabled"' "$report")
        bad=$((tests - good - ignored))  # includes tests whose program is missing, which ctest calls skipped
        detail="$good of $tests tests"
        passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + ignored))
        ((status == 0 || bad > 0)) || failed=$((failed + 1))
    elif ((status == 0)); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    ((status == 0)) || verdict=FAILED
    table+=("$(printf '%-6s %5d s  %-24s %s' "$verdict" "$seconds" "$name" "$detail")")
}

# How many lines of a JUnit report match; test output is escaped there and cannot match.
matches() {
    grep -cE "$1" "$2" || true
}

summary() {
    printf '\n'
    printf '%s\n' "${table[@]}"
    printf '%d passed, %d failed' "$passed" "$failed"
    ((skipped == 0)) || printf ', %d skipped' "$skipped"
    printf '\n'
}

# --- building and testing a variant -------------------------------------------------------------------------------

declare -A build_status=()
launcher=()

# build VARIANT [TARGET...]: builds once per run; returns the status of the build.
build() {
    if [[ -z ${build_status[$1]:-} ]]; then
        build_status[$1]=0
        step "build $1" "$scripts/build.sh" "$@" || build_status[$1]=$?
    fi
    return "${build_status[$1]}"
}

# run_ctest VARIANT CTEST-ARGUMENT...: runs a variant's tests, two at a time per processor, since they spend half of
# their time waiting. KV_BIN tells the end-to-end tests which programs to start.
run_ctest() {
    local variant=$1
    shift
    KV_BIN=$root/build/$variant/bin "${launcher[@]}" ctest --test-dir "$root/build/$variant" --parallel "$((2 * $(nproc)))" --timeout 300 \
        --no-tests=error --output-on-failure "$@"
}

# run_sanitized VARIANT: the same, failing on any report, even one from a server that a test then killed.
run_sanitized() {
    local variant=$1 reports=$root/build/$1/reports status=0
    rm -rf "$reports" && mkdir "$reports"
    shift
    export ASAN_OPTIONS=log_path=$reports/asan:detect_stack_use_after_return=1:check_initialization_order=1
    export UBSAN_OPTIONS=log_path=$reports/ubsan:print_stacktrace=1
    export TSAN_OPTIONS=log_path=$reports/tsan:second_deadlock_stack=1
    run_ctest "$variant" "$@" || status=$?
    if compgen -G "$reports/*" >/dev/null; then
        head -n 80 "$reports"/*
        status=1
    fi
    return "$status"
}

# tests NAME RUNNER VARIANT CTEST-ARGUMENT...
tests() {
    local name=$1 report=$logs/${1// /-}.xml
    shift
    rm -f "$report"
    step "$name" "$@" --output-junit "$report" || true
}

# --- groups -------------------------------------------------------------------------------------------------------

group_release() {
    build release || return 0
    tests "tests release" run_ctest release
}

group_functional() {
    build release || return 0
    tests "tests functional" run_ctest release --label-exclude '^slow$'
}

group_source() {
    step "format" "$scripts/format.sh" --check || true
    step "layers" /usr/bin/python3 "$scripts/layers.py" || true
    step "layers self-test" /usr/bin/python3 "$scripts/layers.py" --self-test || true
    step "first reading" /usr/bin/python3 "$scripts/first_reading.py" || true
    step "shellcheck" shellcheck -x "$scripts"/*.sh "$scripts"/measure/*.sh "$root"/test/examples/*.sh "$root/.ci/run" || true
}

group_clang() {
    build tidy || return 0
    step "clang-tidy" /usr/bin/python3 "$scripts/tidy.py" || true
}

group_asan() {
    build asan || return 0
    tests "tests asan" run_sanitized asan --label-exclude '^slow$'
}

# This version of ThreadSanitizer fails if the kernel randomizes more address bits than it supports: then turn that off.
group_tsan() {
    build tsan || return 0
    if "$root/build/tsan/bin/kvserver" --version 2>&1 | grep -q 'unexpected memory mapping'; then
        launcher=(setarch "$(uname -m)" --addr-no-randomize)
    fi
    tests "tests tsan" run_sanitized tsan --label-exclude '^slow$'
    launcher=()
}

group_fuzz() {
    build fuzz fuzzers || return 0
    tests "tests fuzz" run_ctest fuzz
}

group_package() {
    step "package" "$scripts/package.sh" || return 0
    step "packaged" /usr/bin/python3 -B -m pytest -q -p no:cacheprovider "$root/test/package" || true
}

group_slow() {
    build release || return 0
    tests "tests slow" run_ctest release --label-regex '^slow$'
}

# --- the run ------------------------------------------------------------------------------------------------------

for group in "${groups[@]}"; do
    declare -F "group_$group" >/dev/null || { echo "test: unknown group '$group', see --help" >&2 && exit 2; }
done
mkdir -p "$logs"
purposes=(build test)
[[ ${groups[*]} == functional ]] || purposes+=(check)
step "packages" "$scripts/packages.sh" "${purposes[@]}" || true
step "peers" "$scripts/peers.sh" || true
export KV_PEERS=${KV_PEERS:-$root/build/peers}
for group in "${groups[@]}"; do
    "group_$group"
done
summary
((failed == 0))
