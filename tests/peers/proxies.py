"""The proxies: tinyproxy for HTTP CONNECT, microsocks for SOCKS5, each with or without a login."""

from pathlib import Path

from server import Server
from workplace import LOOPBACK, free_port

USER = "erp"
PASSWORD = "canary-proxy-password"


class Proxy:
    """One process on loopback; `url` is what belongs into `via`."""

    def __init__(self, url: str, port: int, command: list[str], directory: Path):
        self.url = url
        self._server = Server(command, directory / f"proxy-{port}.log")
        self._server.wait_for_ports([port])

    def close(self) -> None:
        self._server.end()


def tinyproxy(directory: Path, connect_ports: list[int], login: bool = False) -> Proxy:
    """It lets through what goes to `connect_ports`."""
    port = free_port()
    lines = [f"Port {port}", f"Listen {LOOPBACK}", f"Allow {LOOPBACK}", "Timeout 60",
             "LogLevel Connect", *(f"ConnectPort {each}" for each in connect_ports)]
    if login:
        lines.append(f"BasicAuth {USER} {PASSWORD}")
    configuration = directory / f"tinyproxy-{port}.conf"
    configuration.write_text("\n".join(lines) + "\n")
    return Proxy(f"http://{LOOPBACK}:{port}", port,
                 ["tinyproxy", "-d", "-c", str(configuration)], directory)


def microsocks(directory: Path, login: bool = False) -> Proxy:
    port = free_port()
    command = ["microsocks", "-i", LOOPBACK, "-p", str(port)]
    if login:
        command += ["-u", USER, "-P", PASSWORD]
    return Proxy(f"socks5://{LOOPBACK}:{port}", port, command, directory)
