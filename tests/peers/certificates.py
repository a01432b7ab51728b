"""A certificate authority for one test run, and the server certificates that it has issued.

They are made with the openssl command; `openssl ca` because it takes both dates, so that an expired
certificate needs no clock but the machine's."""

import enum
import subprocess
from dataclasses import dataclass
from pathlib import Path


class Kind(enum.Enum):
    VALID = "valid"            # for localhost and 127.0.0.1
    WRONG_NAME = "wrong_name"  # for another host
    EXPIRED = "expired"        # the right names, two years too late


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path


_LOOPBACK_NAMES = "DNS:localhost, IP:127.0.0.1, IP:::1"
_NAMES = {Kind.VALID: _LOOPBACK_NAMES,
          Kind.WRONG_NAME: "DNS:mx.elsewhere.test",
          Kind.EXPIRED: _LOOPBACK_NAMES}
_DATES = {Kind.VALID: ("20200101000000Z", "20491231235959Z"),
          Kind.WRONG_NAME: ("20200101000000Z", "20491231235959Z"),
          Kind.EXPIRED: ("20200101000000Z", "20211231235959Z")}

_CONFIGURATION = """
[ca]
default_ca = authority
[authority]
database = {directory}/index.txt
new_certs_dir = {directory}/issued
certificate = {directory}/ca.pem
private_key = {directory}/ca.key
rand_serial = yes
default_md = sha256
policy = any_subject
unique_subject = no
[any_subject]
commonName = supplied
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $ENV::NAMES
"""


class Authority:
    """`also`: a further name in every certificate that has the right ones, "IP:192.0.2.1"."""

    def __init__(self, directory: Path, also: str = ""):
        directory.mkdir()
        (directory / "issued").mkdir()
        (directory / "index.txt").touch()
        self._directory = directory
        self._configuration = directory / "ca.cnf"
        self._configuration.write_text(_CONFIGURATION.format(directory=directory))
        self.file = directory / "ca.pem"
        self._openssl("req", "-x509", *self._new_key("ca.key"), "-out", str(self.file),
                      "-days", "3650", "-subj", "/CN=Test authority",
                      "-addext", "basicConstraints=critical,CA:TRUE",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.certificates = {kind: self._issue(kind, also) for kind in Kind}

    def _issue(self, kind: Kind, also: str) -> Certificate:
        chain = self._directory / f"{kind.value}.pem"
        request = self._directory / f"{kind.value}.csr"
        self._openssl("req", "-new", *self._new_key(f"{kind.value}.key"), "-out", str(request),
                      "-subj", f"/CN={kind.value}")
        starts, ends = _DATES[kind]
        names = _NAMES[kind] + (f", {also}" if also and _NAMES[kind] == _LOOPBACK_NAMES else "")
        self._openssl("ca", "-batch", "-notext", "-config", str(self._configuration),
                      "-extensions", "server", "-startdate", starts, "-enddate", ends,
                      "-in", str(request), "-out", str(chain), names=names)
        return Certificate(chain, self._directory / f"{kind.value}.key")

    def _new_key(self, name: str) -> list[str]:
        # openssl makes the file readable by its owner only, as the servers want it.
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc",
                "-keyout", str(self._directory / name)]

    def _openssl(self, *arguments: str, names: str = "") -> None:
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60,
                              env={"PATH": "/usr/bin:/bin", "NAMES": names})
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)} failed:\n{done.stderr}")
