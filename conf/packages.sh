# Sourced by conf/quickstart.sh and tests/run.sh: what truerelay is built from on Debian 12, and
# installing what is missing of it.

build_packages="clang-19 lld-19 cmake ninja-build pkg-config libuv1-dev libtoml11-dev
  android-libboringssl-dev libsodium-dev libhighwayhash-dev libcli11-dev
  nlohmann-json3-dev libboost-dev libspdlog-dev libfmt-dev ca-certificates"

# install_missing PACKAGE...: says what is missing and installs it, with sudo where needed.
install_missing() {
  missing=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "Installing from Debian's packages:$missing"
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo"
    echo "(with sudo, which may ask for your password)"
  fi
  $as_root env DEBIAN_FRONTEND=noninteractive sh -ec "
    apt-get update -q
    apt-get install -q -y --no-install-recommends $missing" >"${TMPDIR:-/tmp}/truerelay-install.log" 2>&1 || {
    cat "${TMPDIR:-/tmp}/truerelay-install.log" >&2
    echo "The packages could not be installed; see above." >&2
    return 1
  }
}
