#!/bin/sh
# Runs what proves the message's way through the relay, under the sanitizers, and reports how many
# of its lines ran: the tests of proxy/relay, proxy/smtp and proxy/auth, and the simulation. Exit
# status 1 if one of the three is below the bound. Build first: sh tests/run.sh asan -R NAME
# sh tests/coverage.sh [CTEST OPTIONS...]
set -eu
cd "$(dirname "$0")/.."
. conf/packages.sh

bound=90  # Percent of lines.
build=build/asan
profiles=$build/coverage

install_missing llvm-19

rm -rf "$profiles"
mkdir -p "$profiles"
# One file a program, into which its runs add up.
LLVM_PROFILE_FILE="$PWD/$profiles/%m.profraw" \
  ctest --preset asan -j "$(nproc)" -R '^(relay|smtp|auth|simulation)\.' "$@"
llvm-profdata-19 merge -o "$profiles/all.profdata" "$profiles"/*.profraw

missed=0
echo "Lines that ran:"
for folder in relay smtp auth; do
  percent=$(llvm-cov-19 export -summary-only -instr-profile "$profiles/all.profdata" \
    "$build/tests/relay/relay_test" -object "$build/tests/smtp/smtp_test" \
    -object "$build/tests/auth/auth_test" -object "$build/tests/simulation/sweep/simulate" \
    -object "$build/tests/simulation/every_byte/every_byte" -sources "proxy/$folder" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["data"][0]["totals"]["lines"]["percent"])')
  printf '  proxy/%-6s %5.1f %%\n' "$folder" "$percent"
  if awk "BEGIN { exit !($percent < $bound) }"; then missed=1; fi
done
[ "$missed" -eq 0 ] || echo "Below the bound of $bound %: add the missing tests, or remove what nothing needs."
exit "$missed"
