#!/bin/sh
# Installs the peers that the tests in this folder talk to, on Debian 12:
#   upstreams  Postfix 3.7 with Dovecot for SASL (installed), OpenSMTPD 7.4 (only unpacked)
#   proxies    tinyproxy (HTTP CONNECT), microsocks (SOCKS5)
#   clients    swaks and msmtp; smtplib comes with Python
# and, for tests/oauth_peers, Dovecot's submission service, and for tests/abuse, nftables and
# faketime, which steps the clock of one process.
#
# usage: install.sh DIRECTORY
#
# OpenSMTPD's package conflicts with Postfix's, so it is fetched and unpacked into
# DIRECTORY/opensmtpd and run from there. It comes from bookworm-backports, on the mirror that the
# machine uses anyway: the 6.8 of Debian 12 itself cannot serve TLS, for it signs in a way that
# OpenSSL 3 has given up (OpenSMTPD's issue 1171).
#
# Nothing is started: while packages are being configured, a policy-rc.d forbids it, and services
# that this script brings to the machine are disabled, so that they do not start with it either.
# Safe to run again; quick when everything is there. Fails when anything is missing.
set -eu

# The libraries are what OpenSMTPD is linked with; util-linux has unshare and setpriv.
wanted='postfix dovecot-core dovecot-submissiond tinyproxy microsocks swaks msmtp openssl
        nftables faketime iproute2 libevent-2.1-7 libdb5.3 libpam0g libssl3 zlib1g util-linux'

if [ $# -ne 1 ]; then
  echo "usage: $0 DIRECTORY" >&2
  exit 2
fi
mkdir -p "$1"
directory=$(cd "$1" && pwd)
opensmtpd=$directory/opensmtpd

fail() {
  echo "$0: $*" >&2
  exit 1
}

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_packages() {
  for package in $wanted; do
    installed "$package" || printf '%s ' "$package"
  done
}

opensmtpd_is_there() {
  [ -x "$opensmtpd/usr/sbin/smtpd" ] && [ -x "$opensmtpd/usr/libexec/opensmtpd/mail.maildir" ]
}

# Package lists may be stale or absent; either shows as a failed first attempt.
apt_get() {
  set -- --quiet --quiet --option DPkg::Lock::Timeout=120 "$@"
  apt-get "$@" || { apt-get --quiet --quiet update && apt-get "$@"; }
}

missing=$(missing_packages)
if [ -z "$missing" ] && opensmtpd_is_there; then
  exit 0
fi
[ "$(id -u)" -eq 0 ] || fail "only root can install what is missing: ${missing}opensmtpd"

export DEBIAN_FRONTEND=noninteractive LC_ALL=C
policy=/usr/sbin/policy-rc.d
our_policy=
download=
clean_up() {
  [ -z "$our_policy" ] || rm -f "$our_policy"
  [ -z "$download" ] || rm -rf "$download"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

if [ -n "$missing" ]; then
  if [ ! -e "$policy" ]; then
    our_policy=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  elif "$policy" postfix start >/dev/null 2>&1; then
    fail "$policy lets services start; install these by hand: $missing"
  fi
  # shellcheck disable=SC2086  # a list of package names
  apt_get install --yes --no-install-recommends $missing
  case $missing in
    *postfix*) services='postfix.service' ;;
    *) services= ;;
  esac
  case $missing in
    *dovecot-core*) services="$services dovecot.service dovecot.socket" ;;
  esac
  case $missing in
    *tinyproxy*) services="$services tinyproxy.service" ;;
  esac
  if [ -n "$services" ] && command -v systemctl >/dev/null; then
    # shellcheck disable=SC2086  # a list of unit names
    systemctl --quiet disable $services || true
  fi
fi

# With lists of its own, so that the machine's apt knows nothing of backports.
fetch_opensmtpd() {
  mirror=$(apt-get indextargets --format '$(REPO_URI)' \
    'Codename: bookworm' 'Origin: Debian' 'Component: main' | head -n 1)
  [ -n "$mirror" ] || fail "apt knows no mirror of Debian 12 (bookworm)"
  download=$(mktemp -d)
  chmod 755 "$download"
  mkdir -p "$download/lists/partial" "$download/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror" \
    "bookworm-backports main" >"$download/sources.list"
  set -- --quiet --quiet --option Acquire::Retries=3 \
    --option Dir::Etc::SourceList="$download/sources.list" --option Dir::Etc::SourceParts=- \
    --option Dir::State::Lists="$download/lists" --option Dir::Cache="$download/cache" \
    --option APT::Sandbox::User=root
  apt-get "$@" update
  (cd "$download" && apt-get "$@" download opensmtpd)
  rm -rf "$opensmtpd" "$opensmtpd.new"
  dpkg -x "$download"/opensmtpd_7*.deb "$opensmtpd.new"
  mv "$opensmtpd.new" "$opensmtpd"
}
opensmtpd_is_there || fetch_opensmtpd

missing=$(missing_packages)
[ -z "$missing" ] || fail "not installed: $missing"
opensmtpd_is_there || fail "OpenSMTPD is not in $opensmtpd"
