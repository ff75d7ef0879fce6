#!/usr/bin/env bash
# packages.sh: lists the Debian packages that this project needs, by purpose, and installs them.
#
#   scripts/packages.sh build          what the programs need
#   scripts/packages.sh build test     ... and what the tests use
#   scripts/packages.sh package        ... and what makes and tests the packages
#   scripts/packages.sh check          ... and what checks the source: clang's tools, shellcheck
#
# Installs only what is missing. Needs root, or sudo, and the network only when something is missing. Other scripts
# source this file and call its functions.
set -euo pipefail

build_packages=(g++ cmake ninja-build ccache pkg-config git
    libboost-dev libboost-program-options-dev libboost-test-dev libspdlog-dev libfmt-dev
    libsodium-dev libreadline-dev nlohmann-json3-dev libzmq3-dev libbenchmark-dev cppzmq-dev)
test_packages=(python3 python3-pymemcache python3-pylibmc python3-redis python3-zmq
    python3-pytest python3-pexpect netcat-openbsd procps strace tmux valgrind)
package_packages=(dpkg-dev file systemd)
check_packages=(clang clang-tidy clang-format clang-tools libclang-rt-dev shellcheck python3 python3-yaml)

is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed* ]]
}

# apt-get as root, without questions, even without a terminal.
apt_get() {
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || { echo "packages: neither root nor sudo, cannot run apt-get $*" >&2 && return 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

install_missing() {
    local package missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    echo "packages: installing ${missing[*]}" >&2
    apt_get update >/dev/null || return
    apt_get install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# install_packages PURPOSE...: installs what is missing for build, test, package and check.
install_packages() {
    local purpose packages=()
    for purpose in "$@"; do
        case $purpose in
            build) packages+=("${build_packages[@]}") ;;
            test) packages+=("${test_packages[@]}") ;;
            package) packages+=("${package_packages[@]}") ;;
            check) packages+=("${check_packages[@]}") ;;
            *) echo "packages: unknown purpose '$purpose' (build, test, package or check)" >&2 && return 2 ;;
        esac
    done
    install_missing "${packages[@]}"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    case ${1:---help} in
        -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" ;;
        *) install_packages "$@" ;;
    esac
fi
