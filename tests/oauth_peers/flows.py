"""Every way to a token, in the plainest manner: the measure for what truerelay does, and the proof
that the provider does its part."""

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from browser import Browser
from client_key import base64url
from provider import (CLIENT_SECRET, DEVICE_CODE, JWT_BEARER, MAIL_SERVER, MAIL_SERVER_SECRET,
                      MAILBOX, SERVICE_ACCOUNT, Provider)

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REDIRECT = "http://127.0.0.1:{port}/callback"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict:
        return json.loads(self.text)

    @property
    def access_token(self) -> str:
        if self.status != 200 or "access_token" not in self.json:
            raise AssertionError(f"no access token: {self}")
        return self.json["access_token"]

    @property
    def refresh_token(self) -> str:
        return self.json["refresh_token"]


def post(provider: Provider, url: str, form: dict[str, str],
         login: tuple[str, str] | None = None, seconds: float = 30) -> Answer:
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode())
    if login is not None:
        pair = ":".join(urllib.parse.quote(part, safe="") for part in login)
        request.add_header("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
    try:
        answer = urllib.request.urlopen(request, timeout=seconds, context=provider.trust())
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, headers, answer.read().decode())


def with_secret(provider: Provider, resource: str, client: str = "app-with-secret",
                secret: str = CLIENT_SECRET, seconds: float = 30) -> Answer:
    return post(provider, provider.token_url, {
        "grant_type": "client_credentials", "client_id": client, "client_secret": secret,
        "scope": f"{resource}/.default"}, seconds=seconds)


def with_certificate(provider: Provider, resource: str, algorithm: str) -> Answer:
    client = f"app-with-certificate-{algorithm.lower()}"
    return post(provider, provider.token_url, {
        "grant_type": "client_credentials", "client_id": client,
        "scope": f"{resource}/.default", "client_assertion_type": ASSERTION,
        "client_assertion": provider.client_key.assertion(algorithm, client, provider.token_url)})


def with_service_account(provider: Provider, resource: str, mailbox: str = MAILBOX) -> Answer:
    return post(provider, provider.token_url, {
        "grant_type": JWT_BEARER, "assertion": provider.client_key.signed("RS256", {}, {
            "iss": SERVICE_ACCOUNT, "sub": mailbox, "aud": provider.token_url,
            "scope": f"{resource}/SMTP.Send"})})


def with_device_code(provider: Provider, resource: str) -> Answer:
    """RFC 8628: the code is asked for, polled in vain, entered by the person, and exchanged."""
    asked = post(provider, provider.device_url, {
        "client_id": "device", "scope": f"{resource}/SMTP.Send offline_access"}).json
    poll = {"grant_type": DEVICE_CODE, "client_id": "device", "device_code": asked["device_code"]}
    pending = post(provider, provider.token_url, poll)
    if pending.json.get("error") != "authorization_pending":
        raise AssertionError(f"the device need not wait for the person: {pending}")
    Browser(provider.trust()).visit(asked["verification_uri_complete"])
    time.sleep(asked["interval"])
    return post(provider, provider.token_url, poll)


def authorization(provider: Provider, resource: str, verifier: str,
                  redirect: str) -> dict[str, str]:
    """RFC 7636 and RFC 8252: sends the person to the provider. What comes back with the
    redirect."""
    query = urllib.parse.urlencode({
        "response_type": "code", "client_id": "desktop", "redirect_uri": redirect,
        "scope": f"{resource}/SMTP.Send offline_access", "state": "some state",
        "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256"})
    page = Browser(provider.trust()).visit(f"{provider.authorization_url}?{query}", redirect)
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def exchange(provider: Provider, code: str, verifier: str, redirect: str) -> Answer:
    return post(provider, provider.token_url, {
        "grant_type": "authorization_code", "client_id": "desktop", "code": code,
        "redirect_uri": redirect, "code_verifier": verifier})


def with_authorization_code(provider: Provider, resource: str) -> Answer:
    verifier, redirect = secrets.token_urlsafe(32), REDIRECT.format(port=54321)
    returned = authorization(provider, resource, verifier, redirect)
    if "code" not in returned:
        raise AssertionError(f"the person was not sent back with a code: {returned}")
    return exchange(provider, returned["code"], verifier, redirect)


def refreshed(provider: Provider, refresh_token: str, client: str = "device") -> Answer:
    return post(provider, provider.token_url, {
        "grant_type": "refresh_token", "client_id": client, "refresh_token": refresh_token})


def introspected(provider: Provider, token: str) -> dict:
    return post(provider, provider.introspection_url, {"token": token},
                login=(MAIL_SERVER, MAIL_SERVER_SECRET)).json


def fingerprint(secret: str) -> str:
    """As the provider's events name a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]
