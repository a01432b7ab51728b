#!/bin/sh
# Measures truerelay beside stunnel, Postfix and no relay at all, and prints a table: installs what
# is needed, builds the release program and the benchmark's own in build/bench, runs. About twelve
# minutes on an otherwise idle machine.
# sh tests/bench/run.sh [--quick] [--json FILE] [--judge]
set -eu
cd "$(dirname "$0")/../.."
. conf/packages.sh

# What the packages themselves may start is left alone; the benchmark runs instances of its own.
# shellcheck disable=SC2086
install_missing $build_packages libgtest-dev libgmock-dev python3 stunnel4 postfix libsasl2-modules

cmake --preset release -B build/bench --log-level=WARNING -DTRUERELAY_TESTS=ON >/dev/null
cmake --build build/bench --target truerelay bench_upstream bench_load bench_forwarder bench_floor
exec python3 -B tests/bench/bench.py --truerelay build/bench/proxy/truerelay \
  --programs build/bench/tests/bench "$@"
