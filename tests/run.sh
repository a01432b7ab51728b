#!/bin/sh
# Installs what the tests need, builds, and runs every test with CTest.
# sh tests/run.sh [PRESET] [CTEST OPTIONS...]   PRESET: release (the default), debug, asan, tsan
set -eu
cd "$(dirname "$0")/.."
. conf/packages.sh

preset=${1:-release}
[ $# -eq 0 ] || shift

# shellcheck disable=SC2086
install_missing $build_packages libclang-rt-19-dev libgtest-dev libgmock-dev python3 openssl

cmake --preset "$preset" --log-level=WARNING -DTRUERELAY_TESTS=ON
cmake --build --preset "$preset"
# Which lines ran counts in tests/coverage.sh only.
LLVM_PROFILE_FILE=/dev/null ctest --preset "$preset" -j "$(nproc)" "$@"
