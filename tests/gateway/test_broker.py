"""The broker's process as a shop has it: mosquitto, the database it follows, kiosks that enrol."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from typer.testing import CliRunner

from contract.topics import KioskAddress, Leaf
from gateway import broker
from gateway import cli as gateway_cli
from gateway.settings import GatewaySettings
from kiosk import cli as kiosk_cli
from kiosk.settings import KioskSettings
from runtime.errors import SettingsError
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.settings import load
from tests.broker import free_port
from tests.gateway.shop import STORE, Shop
from tests.waiting import until

QUAY = KioskAddress(STORE, "quay-1")


class Gateway:
    """A gateway's settings, its database, and its broker's process in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shop = folder, Shop(folder)
        self.ports = [free_port() for _ in range(3)]
        kiosks, ours, enrol = self.ports
        (folder / "gateway.toml").write_text(f"""\
database = "{self.shop.url}"
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
        self.settings = load(GatewaySettings, folder / "gateway.toml")
        self.kiosk = load(KioskSettings, folder / "kiosk.toml")
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=broker.serve, args=(self.settings, self.stopping))

    def run(self, app: object, *arguments: str) -> str:
        which = gateway_cli.app if app is gateway_cli else kiosk_cli.app
        file = self.folder / ("gateway.toml" if app is gateway_cli else "kiosk.toml")
        command = [*arguments, "--settings", str(file)]
        done = CliRunner().invoke(which, command, catch_exceptions=False, standalone_mode=False)
        assert done.exit_code == 0, done.output
        return done.stdout


class End:
    """One end of a link, and what came to it."""

    def __init__(self, options: LinkOptions) -> None:
        self.came: Queue[Delivery] = Queue()
        self.online: list[bool] = []
        self.link = MqttLink(options, self.came.put, self.online.append)

    def is_online(self) -> bool:
        return bool(self.online) and self.online[-1]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    made = Gateway(tmp_path_factory.mktemp("gateway"))
    made.thread.start()
    until((made.folder / "broker" / "kiosks.crl").exists, "the folder is written")
    yield made
    made.stopping.set()
    made.thread.join()
    made.shop.engine.dispose()


def test_a_kiosk_enrols_and_its_events_reach_the_gateway(gateway: Gateway) -> None:
    code = json.loads(gateway.run(gateway_cli, "enrol-kiosk", STORE, "quay-1"))["code"]

    said = gateway.run(kiosk_cli, "enrol", code)

    assert said.startswith("quay-1@hue-1 has a certificate until ")
    ours, theirs = gateway.settings.broker, gateway.kiosk.broker
    intake = End(LinkOptions("hien-shard-58", (QUAY.topic(Leaf.UP),)))
    kiosk = End(LinkOptions(QUAY.user, (QUAY.topic(Leaf.RECEIPT),), speaks_v5=True))
    intake.link.open(ours.host, ours.port, ours.tls)
    kiosk.link.open(theirs.host, theirs.port, theirs.tls)
    until(lambda: intake.is_online() and kiosk.is_online(), "both are connected")
    kiosk.link.publish(QUAY.topic(Leaf.UP), b"an event")
    assert intake.came.get(timeout=15).payload == b"an event"
    intake.link.publish(QUAY.topic(Leaf.RECEIPT), b"a receipt")
    assert kiosk.came.get(timeout=15).payload == b"a receipt"
    kiosk.link.close()
    intake.link.close()


def test_a_kiosk_nobody_knows_is_named(gateway: Gateway) -> None:
    with pytest.raises(SettingsError, match="there is no kiosk 'quay-9' in a store 'hue-1'"):
        gateway.run(gateway_cli, "enrol-kiosk", STORE, "quay-9")
    with pytest.raises(SettingsError, match="a certificate has room for 64 letters"):
        gateway.run(gateway_cli, "enrol-kiosk", "s" * 32, "q" * 32)


def test_a_code_that_was_mistyped_is_said_to_be_that(gateway: Gateway) -> None:
    with pytest.raises(SettingsError, match="code: is not host:port"):
        gateway.run(kiosk_cli, "enrol", "gateway.lan/aaaa")
