"""A shop whose broker runs as `hien gateway broker` runs it, and what is typed to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from pathlib import Path

from typer import Typer
from typer.testing import CliRunner

from gateway import broker, seal
from gateway import cli as gateway_cli
from gateway.settings import GatewaySettings
from kiosk import cli as kiosk_cli
from kiosk.settings import KioskSettings
from runtime.settings import load
from tests.broker import free_port
from tests.gateway.shop import STORE, Shop
from tests.waiting import until


class BrokerShop:
    """A gateway's settings, its database, and its broker's process in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shop = folder, Shop(folder)
        self.ports = [free_port() for _ in range(3)]
        self.metrics_port = free_port()
        kiosks, ours, enrol = self.ports
        (folder / "gateway.toml").write_text(f"""\
database = "{self.shop.url}"
[seal]
key_file = "{folder}/seal.key"
[metrics]
broker = {self.metrics_port}
[own_broker]
folder = "{folder}/broker"
host = "127.0.0.1"
port = {kiosks}
gateway_port = {ours}
enrol_port = {enrol}
[broker]
port = {ours}
[broker.tls]
ca = "{folder}/broker/house-ca.pem"
certificate = "{folder}/broker/gateway.pem"
key = "{folder}/broker/gateway.key"
""")
        (folder / "kiosk.toml").write_text(f"""\
store = "{STORE}"
store_no = 7
kiosk = "quay-1"
store_name = "An Nhiên"
kiosk_name = "Quầy 1"
data_dir = "{folder}"
[broker]
port = {kiosks}
[broker.tls]
ca = "{folder}/ca.pem"
certificate = "{folder}/identity.pem"
""")
        seal.make(folder / "seal.key", 1)
        self.settings = load(GatewaySettings, folder / "gateway.toml")
        self.kiosk = load(KioskSettings, folder / "kiosk.toml")
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=broker.serve, args=(self.settings, self.stopping))

    def spare_card(self, folder: Path, screen: int) -> Path:
        """The settings of a machine that is to be some kiosk, nobody knows which."""
        file = folder / "kiosk.toml"
        file.write_text(f"""\
data_dir = "{folder}"
enrol_port = {self.ports[2]}
[broker]
port = {self.ports[0]}
[broker.tls]
ca = "{folder}/ca.pem"
certificate = "{folder}/identity.pem"
[screen]
port = {screen}
[metrics]
port = {free_port()}
[camera]
driver = "none"
[time_source]
driver = "assumed"
""")
        return file

    def reload(self) -> None:
        """Read the gateway's file again, before it is opened."""
        self.settings = load(GatewaySettings, self.folder / "gateway.toml")
        self.thread = threading.Thread(target=broker.serve, args=(self.settings, self.stopping))

    def open(self) -> None:
        """Start, and wait until kiosks can come in and the staff can be told."""
        self.thread.start()
        # Its two listeners open one after the other.
        until(lambda: all(map(self.answers, range(3))), "mosquitto and enrolment answer")

    def answers(self, port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.ports[port])) == 0

    def close(self) -> None:
        self.stopping.set()
        self.thread.join()
        self.shop.engine.dispose()

    def gateway_says(self, *arguments: str) -> str:
        return self._run(gateway_cli.app, "gateway.toml", arguments)

    def kiosk_says(self, *arguments: str) -> str:
        return self._run(kiosk_cli.app, "kiosk.toml", arguments)

    def _run(self, app: Typer, file: str, arguments: Sequence[str]) -> str:
        command = [*arguments, "--settings", str(self.folder / file)]
        done = CliRunner().invoke(app, command, catch_exceptions=False, standalone_mode=False)
        assert done.exit_code == 0, done.output
        return done.stdout
