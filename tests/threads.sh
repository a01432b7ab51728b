#!/bin/sh
# Runs every test under ThreadSanitizer, and shows each data race that it saw in any program, those
# that a test started and killed among them. Exit status 1 if there was one, or a test failed.
# sh tests/threads.sh [CTEST OPTIONS...]
set -eu
cd "$(dirname "$0")/.."

# Some of the programs run as another user than this one.
races=$PWD/build/tsan/races
rm -rf "$races"
mkdir -p "$races"
chmod 1777 "$races"
export TSAN_OPTIONS="log_path=$races/race suppressions=$PWD/tests/tsan.supp"

# Everything is some ten times slower: fewer seeds, bytes and rotations, the same tests, but for one
# that logs in at 330 upstreams at a time, too slowly for their deadlines.
export TRUERELAY_SWEEP_SESSIONS=6000 TRUERELAY_EVERY_BYTE_STRIDE=17 TRUERELAY_ROTATIONS=100

status=0
sh tests/run.sh tsan "$@" -E 'scripted_peers.canaries' || status=$?
reported=$(find "$races" -type f | wc -l)
find "$races" -type f -exec cat {} +
echo "ThreadSanitizer reported something about $reported processes."
[ "$reported" -eq 0 ] && [ "$status" -eq 0 ]
