#!/bin/sh
# Builds the fuzz targets and runs each for SECONDS (5, if none are given), as many at a time as
# there are processors. sh tests/fuzz/run.sh [SECONDS [TARGET...]]
#
# Each begins with its seeds (corpus/TARGET) and with what it found before, which it keeps in
# build/fuzz/found beside its log. A failure names the file with the bytes that caused it, for
#   build/fuzz/tests/fuzz/fuzz_TARGET FILE
# and becomes a test in the folder of what it found wrong.
set -eu
cd "$(dirname "$0")/../.."
. conf/packages.sh

seconds=${1:-5}
[ $# -eq 0 ] || shift

# shellcheck disable=SC2086
install_missing $build_packages libclang-rt-19-dev libgtest-dev libgmock-dev python3

cmake --preset fuzz --log-level=WARNING
cmake --build --preset fuzz

if [ $# -eq 0 ]; then
  # shellcheck disable=SC2046
  set -- $(sed -n 's/^ *truerelay_fuzz(\([a-z0-9_]*\).*/\1/p' tests/fuzz/CMakeLists.txt)
fi
export seconds
printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" sh tests/fuzz/run_one.sh
