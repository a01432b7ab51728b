"""One canary for each kind of secret that truerelay may be given, and who may hear of it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from canaries import Canary, canary, key_canary, token_canary
from client_key import ClientKey


@dataclass
class Inventory:
    directory: Path
    password: Canary = field(default=canary("upstream password in the vault"))
    password_in_file: Canary = field(default=canary("upstream password in a file"))
    user_password: Canary = field(default=canary("password of a local user"))
    guess: Canary = field(default=canary("wrong password of a local user"))
    client_password: Canary = field(default=canary("password of a passthrough client"))
    passphrase: Canary = field(default=canary("passphrase of the vault"))
    client_secret: Canary = field(default=canary("client secret"))
    refresh_token: Canary = field(default=token_canary("refresh token"))
    next_refresh_token: Canary = field(default=token_canary("refresh token that replaces another"))
    access_token: Canary = field(default=token_canary("access token"))
    key_id: Canary = field(default=token_canary("private key id of a service account"))
    proxy_password: Canary = field(default=canary("password for the proxy"))
    printed: Canary = field(default=token_canary("what a token command prints"))
    complaint: Canary = field(default=token_canary("what a token command says on standard error"))
    code: Canary = field(default=token_canary("authorization code"))
    device_code: Canary = field(default=token_canary("device code"))

    def __post_init__(self) -> None:
        keys = {name: ClientKey(_made(self.directory / name))
                for name in ("certificate", "account", "mutual")}
        self.application, self.account_key, self.mutual = keys.values()
        self.application_key = key_canary("private key of an application's certificate",
                                          self.application.key.read_text())
        self.service_account_key = key_canary("private key of a service account",
                                              self.account_key.key.read_text())
        self.mutual_key = key_canary("private key of a client certificate",
                                     self.mutual.key.read_text())

    def service_account(self, token_url: str) -> str:
        account = json.loads(self.account_key.service_account_file("app@example.test", token_url))
        return json.dumps(account | {"private_key_id": self.key_id.text}, indent=2)

    def all(self) -> list[Canary]:
        return [each for each in vars(self).values() if isinstance(each, Canary)]


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory
