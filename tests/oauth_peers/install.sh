#!/bin/sh
# Installs the npm packages that the tests in this folder run on node: oidc-provider, smtp-server,
# and what they need, just those of package-lock.json. tests/peers/install.sh brings Dovecot.
#
# They go into node_modules beside this script, where the programs that import them are looked up.
# Safe to run again; quick when everything is there. Fails when anything is missing.
#
# package-lock.json is made anew, without the name of a registry, with
#   npm install --package-lock-only --omit-lockfile-registry-resolved
set -eu

here=$(cd "$(dirname "$0")" && pwd)

fail() {
  echo "$0: $*" >&2
  exit 1
}

command -v node >/dev/null && command -v npm >/dev/null || fail "node and npm are not installed"
[ "$(node --print 'process.versions.node.split(".")[0] >= 20')" = true ] ||
  fail "node is $(node --version), and smtp-server needs 20 or later"

# Two builds may test at the same time.
exec 9<"$here/package.json"
flock 9

# What npm itself leaves behind when it has installed just these.
installed=$here/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ "$here/package-lock.json" -nt "$installed" ]; then
  (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  touch "$installed"
fi
[ -d "$here/node_modules/oidc-provider" ] && [ -d "$here/node_modules/smtp-server" ] ||
  fail "oidc-provider and smtp-server are not in $here/node_modules"
