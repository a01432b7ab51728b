#!/bin/sh
# Runs one fuzz target for $seconds, from the top of the repository: see run.sh.
set -eu
target=$1
found=build/fuzz/found/$target
mkdir -p "$found/corpus" "$found/failures"

# What an input may be at most, and the words that help.
longest=4096
words=smtp
case $target in
  configuration) words=toml longest=8192 ;;
  http_* | login_* | token_response) words=http ;;
  reply) longest=20000 ;;
  session_*) longest=3000 ;;
esac

set -- -max_total_time="$seconds" -max_len="$longest" -timeout=10 -rss_limit_mb=1500 \
  -dict="tests/fuzz/dictionaries/$words.dict" -artifact_prefix="$found/failures/" \
  -print_final_stats=1 "$found/corpus" "tests/fuzz/corpus/$target"

if "build/fuzz/tests/fuzz/fuzz_$target" "$@" </dev/null >"$found/log" 2>&1; then
  awk -v target="$target" '
    /cov: / { for (i = 1; i < NF; ++i) if ($i == "cov:") cov = $(i + 1) }
    /INITED/ { first = cov }
    /stat::number_of_executed_units/ { runs = $2 }
    /stat::average_exec_per_sec/ { rate = $2 }
    END {
      printf "%-22s %9d runs, %7d a second, edges %6d -> %6d\n", target, runs, rate, first, cov
    }
  ' "$found/log"
else
  tail -n 60 "$found/log" >&2
  input=$(sed -n 's/.*Test unit written to //p' "$found/log")
  echo "FAILED: fuzz_$target with ${input:-an input that was not kept}; see $found/log" >&2
  exit 255 # So that xargs begins no further one.
fi
