"""The certificate with which an application proves to the provider who it is (RFC 7523 section
2.2), made and used with the openssl command."""

import base64
import hashlib
import json
import ssl
import subprocess
import time
import uuid
from pathlib import Path

# RFC 7518 sections 3.3 and 3.5.
_SIGNING_OPTIONS = {
    "RS256": [],
    "PS256": ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"],
}


class ClientKey:
    def __init__(self, directory: Path):
        self.key = directory / "client.key"
        self.certificate = directory / "client.pem"
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", str(self.key),
                 "-out", str(self.certificate), "-days", "365", "-subj", "/CN=truerelay")

    def thumbprint(self) -> str:
        """As the header of an assertion names the certificate: x5t#S256, RFC 7515 section 4.1.8."""
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text())
        return base64url(hashlib.sha256(der).digest())

    def assertion(self, algorithm: str, client: str, audience: str) -> str:
        """Of an application that proves to the provider who it is."""
        return self.signed(algorithm, {"x5t#S256": self.thumbprint()}, {
            "iss": client, "sub": client, "aud": audience, "jti": str(uuid.uuid4())})

    def signed(self, algorithm: str, header: dict[str, str], claims: dict[str, str]) -> str:
        now = int(time.time())
        parts = ({"alg": algorithm, "typ": "JWT"} | header,
                 claims | {"nbf": now, "iat": now, "exp": now + 300})
        signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        signature = _openssl("dgst", "-sha256", *_SIGNING_OPTIONS[algorithm],
                             "-sign", str(self.key), given=signed.encode())
        return f"{signed}.{base64url(signature)}"

    def service_account_file(self, email: str, token_url: str) -> str:
        """As Google gives the key of a service account out."""
        return json.dumps({
            "type": "service_account", "project_id": "project", "private_key_id": "4711",
            "private_key": self.key.read_text(), "client_email": email,
            "client_id": "123456789012345678901", "token_uri": token_url}, indent=2)


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(arguments)} failed:\n{done.stderr.decode()}")
    return done.stdout
