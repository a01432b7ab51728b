#!/bin/sh
# truerelay in a few minutes: installs what is missing, builds, starts a practice upstream and the
# relay on loopback, sends four messages with a plain SMTP client, and shows side by side what the
# client was told and what the upstream did. Exit status 0: all four agree.
#
#   sh conf/quickstart.sh          cleans up after itself
#   sh conf/quickstart.sh --keep   leaves the practice upstream and the relay running
set -eu
cd "$(dirname "$0")/.."
. conf/packages.sh

keep=""
case "${1:-}" in
  "") ;;
  --keep) keep=yes ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

# shellcheck disable=SC2086
install_missing $build_packages swaks

truerelay=build/release/proxy/truerelay
echo "Building $truerelay (the first time takes some minutes) ..."
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target truerelay >build/quickstart.log 2>&1 || {
  cat build/quickstart.log
  exit 1
}

work=$(mktemp -d "${TMPDIR:-/tmp}/truerelay-quickstart.XXXXXX")
sandbox_pid=""
relay_pid=""
stop() {
  for pid in $relay_pid $sandbox_pid; do
    kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true
  done
}
clean_up() {
  stop
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# wait_for TEXT FILE: up to ten seconds.
wait_for() {
  tries=0
  until grep -q "$1" "$2" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || return 1
    sleep 0.1
  done
}

# --- The practice upstream, on ports that the system chooses -------------------------------------
"$truerelay" sandbox --port 0 --tls-port 0 --certs certs/practice --mail "$work/mail" \
  >"$work/sandbox.txt" 2>&1 &
sandbox_pid=$!
wait_for '^Accepted messages' "$work/sandbox.txt" || {
  cat "$work/sandbox.txt"
  exit 1
}
sandbox_port=$(awk '$1 == "port" {print $3}' "$work/sandbox.txt")

# --- The relay, on the first free port from 2525 -------------------------------------------------
mkdir "$work/upstreams"
(umask 077 && echo "any password is right at the practice upstream" >"$work/upstreams/sandbox.password")
cat >"$work/upstreams/sandbox.toml" <<END
host          = "localhost"
port          = $sandbox_port
tls           = "starttls"
ca_file       = "$PWD/certs/practice/ca.pem"
user          = "practice@sandbox.invalid"
password_file = "sandbox.password"
END
port=2525
while :; do
  cat >"$work/truerelay.toml" <<END
[[listener]]
name     = "erp"
address  = ["127.0.0.1:$port"]
upstream = "sandbox"
END
  "$truerelay" run --config "$work/truerelay.toml" >"$work/relay.log" 2>&1 &
  relay_pid=$!
  wait_for 'is ready at\|not usable\|cannot listen' "$work/relay.log" || true
  kill -0 "$relay_pid" 2>/dev/null && break
  relay_pid=""
  port=$((port + 1))
  [ "$port" -lt 2600 ] || {
    cat "$work/relay.log"
    exit 1
  }
done

echo
echo "The configuration, in $work:"
for file in truerelay.toml upstreams/sandbox.toml; do
  echo "  # $file"
  sed 's/^/  /' "$work/$file"
done

# --- Four messages -------------------------------------------------------------------------------
agreed=0
told() { grep -E '^<(-|\*\*) ' "$work/client.txt" | sed 's/^<[-*]* *//'; }
events() { tail -n "+$((ledger_before + 1))" "$work/mail/ledger.jsonl" | grep "\"event\":\"$1\"" || true; }

# send TITLE RECIPIENTS: sends a message; then told() and events() speak of it.
send() {
  echo
  echo "== $1"
  ledger_before=$(wc -l <"$work/mail/ledger.jsonl")
  swaks --server 127.0.0.1 --port "$port" --from erp@example.com --to "$2" \
    --header "Subject: $1" --body "$1" >"$work/client.txt" 2>&1 || true
}

# compare WHAT-THE-PROGRAM-WAS-TOLD WHAT-THE-UPSTREAM-DID AGREE
compare() {
  printf '   the program was told:  %s\n' "$1"
  printf '   the upstream did:      %s\n' "$2"
  if [ "$3" = yes ]; then
    agreed=$((agreed + 1))
    echo "   they agree"
  else
    echo "   THEY DO NOT AGREE"
    cat "$work/client.txt"
  fi
}
final_reply() { told | grep -E '^[245][0-9][0-9] ' | grep -v '^221' | tail -n 1; }
accepted() { events accepted | wc -l | tr -d ' '; }

send "accepted" "customer@example.org"
reply=$(final_reply)
agree=no
case "$reply" in 250*) [ "$(accepted)" -eq 1 ] && agree=yes ;; esac
compare "$reply" "accepted $(accepted) message" "$agree"

send "one recipient refused" "customer@example.org,refuse-550@example.org"
reply=$(final_reply)
refusal=$(told | grep '^550' | tail -n 1)
recipients=$(events accepted | grep -c '"customer@example.org"' || true)
others=$(events accepted | grep -c 'accepted_recipients.*refuse-550' || true)
agree=no
case "$reply $refusal" in 250*550*)
  [ "$(accepted)" -eq 1 ] && [ "$recipients" -eq 1 ] && [ "$others" -eq 0 ] && agree=yes ;;
esac
compare "refuse-550: $refusal; the message: $reply" \
  "accepted $(accepted) message, for customer@example.org only" "$agree"

send "refused after its data" "refuse-data-554@example.org"
reply=$(final_reply)
agree=no
case "$reply" in 554*) [ "$(accepted)" -eq 0 ] && [ -n "$(events refused)" ] && agree=yes ;; esac
compare "$reply" "refused $(events refused | wc -l | tr -d ' ') message, accepted $(accepted)" "$agree"

kill "$sandbox_pid" && wait "$sandbox_pid" 2>/dev/null || true
sandbox_pid=""
send "while the upstream is down" "customer@example.org"
reply=$(told | grep -E '^4' | head -n 1)
agree=no
case "$reply" in 451*) [ "$(accepted)" -eq 0 ] && agree=yes ;; esac
compare "$reply" "it is not running, so it accepted $(accepted) messages" "$agree"

echo
echo "$agreed of 4 agree."
if [ -n "$keep" ]; then
  "$truerelay" sandbox --port "$sandbox_port" --tls-port 0 --certs certs/practice \
    --mail "$work/mail" >"$work/sandbox.txt" 2>&1 &
  trap - EXIT
  echo "Left running: the relay at 127.0.0.1:$port (process $relay_pid), the practice upstream"
  echo "(process $!). Send to it; the log is $work/relay.log, what is accepted comes to $work/mail."
  echo "Stop both with: kill $relay_pid $!  and remove $work"
fi
[ "$agreed" -eq 4 ]
