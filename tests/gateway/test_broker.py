"""The broker's process as a shop has it: mosquitto, the database it follows, kiosks that enrol."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from contract import codec, topics
from contract.commands import Deed
from contract.events import Event as Said
from contract.messages import KioskState
from contract.topics import KioskAddress, Leaf
from firmware_config.broker_folder import BrokerFolder
from firmware_config.mosquitto import OPEN_FILES_MAX, BrokerPlan
from gateway import seal
from gateway.broker import Keeper, serve
from gateway.door_orders import Wish, order
from gateway.mosquitto_process import Mosquitto
from gateway.settings import GatewaySettings
from gateway.store import base, kiosk_certificates, newcomers
from gateway.store.kiosk_certificates import Signed
from gateway.store.kiosk_petition_rows import KioskPetitionRow
from gateway.store.newcomers import Verdict
from kiosk.spare import load_kiosk
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError, UnavailableError
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.tls import Tls
from simulator.processes import hien
from tests.broker import free_port
from tests.gateway.broker_shop import BrokerShop
from tests.gateway.shop import STORE, STORE_NO, Shop
from tests.waiting import until

QUAY = KioskAddress(STORE, "quay-1")
AT = (QUAY.store, QUAY.kiosk)
STARTS_WITHIN_S = 45.0  # a process of ours, where ten others want the same two cores


class End:
    """One end of a link, and what came to it."""

    def __init__(self, options: LinkOptions) -> None:
        self.came: Queue[Delivery] = Queue()
        self.online: list[bool] = []
        self.link = MqttLink(options, self.came.put, self.online.append)

    def is_online(self) -> bool:
        return bool(self.online) and self.online[-1]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerShop]:
    made = BrokerShop(tmp_path_factory.mktemp("gateway"))
    made.open()
    yield made
    made.close()


def test_a_kiosk_enrols_and_its_events_reach_the_gateway(gateway: BrokerShop) -> None:
    code = json.loads(gateway.gateway_says("enrol-kiosk", STORE, "quay-1"))["code"]

    said = gateway.kiosk_says("enrol", code)

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


def shown(port: int) -> dict[str, str]:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/screen") as answer:
        return dict(json.load(answer))
    return {}


def test_a_new_machine_shows_a_code_and_takes_a_dead_ones_place_once_the_owner_says_yes(
    gateway: BrokerShop, tmp_path: Path
) -> None:
    gateway.kiosk_says("enrol", json.loads(gateway.gateway_says("enrol-kiosk", *AT))["code"])
    ours, theirs = gateway.settings.broker, gateway.kiosk.broker
    words = (QUAY.topic(Leaf.UP), QUAY.topic(Leaf.STATE), topics.live(STORE))
    intake, old = End(LinkOptions("hien-shard-58", words)), End(LinkOptions(QUAY.user))
    intake.link.open(ours.host, ours.port, ours.tls)
    old.link.open(theirs.host, theirs.port, theirs.tls)
    until(lambda: intake.is_online() and old.is_online(), "gateway and old machine are there")
    port, log = free_port(), tmp_path / "kiosk.log"
    with log.open("w") as output:
        new = subprocess.Popen(
            hien("kiosk", "run", "--settings", str(gateway.spare_card(tmp_path, port))),
            stderr=output,
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path / 'no-bus'}"},
        )

    def waiting() -> Sequence[KioskPetitionRow]:
        with gateway.shop.read() as db:
            return newcomers.waiting(db, unix_ms(SystemClock().utc()))

    try:
        until(waiting, "the owner sees a code", STARTS_WITHIN_S)
        (asked,) = waiting()
        until(
            lambda: str(asked.code) in shown(port).get("html", ""), "the screen shows the same code"
        )
        assert shown(port)["screen"] == "new_here"
        with gateway.shop.writers.begin() as db:
            now_ms = unix_ms(SystemClock().utc())
            assert newcomers.approve(db, Verdict(asked.petition, "lan", now_ms), QUAY, "")
        until(lambda: shown(port).get("screen") == "attract", "it is a kiosk", STARTS_WITHIN_S)
        until(lambda: not old.is_online(), "the old machine is thrown out")
        state = codec.encode(KioskState("quay-1", online=True))[:30]
        until(
            lambda: any(one.payload.startswith(state) for one in intake.came.queue), "it is heard"
        )
        wish = Wish(QUAY, QUAY.kiosk, "lan", Deed.IDENTIFY)

        def identifies() -> bool:
            order(gateway.settings, wish, SystemClock())  # one of its first second is not obeyed
            return shown(port)["screen"] == "identify"

        until(identifies, "it believes the key that it was told, and obeys", STARTS_WITHIN_S)
        touch = {"button": "staff", "revision": int(shown(port)["revision"])}
        press = urllib.request.Request(
            f"http://127.0.0.1:{port}/press",
            json.dumps(touch).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(press).close()
        until(lambda: ups(intake), "its first event arrives under the old name")
        told = load_kiosk(tmp_path / "kiosk.toml").metrics
        assert told is not None
        assert 'hien_kiosk_device_health{device="radio"} ' in metrics(told.port)
        assert 'hien_enrolment_answers_total{status="200"} ' in metrics(gateway.metrics_port)
    finally:
        new.terminate()
        assert new.wait(30) == 0
        old.link.close()
        intake.link.close()
    assert ups(intake)[0].kiosk == "quay-1"
    assert ups(intake)[0].seq == 1, "by an outbox of its own, whose epoch is new"
    settings = load_kiosk(tmp_path / "kiosk.toml")
    assert (settings.kiosk_name, settings.store_no) == ("Quầy 1", STORE_NO)
    sealer = seal.load(gateway.folder / "seal.key", 1)
    assert settings.trust.issuers == {"1": sealer.public_key}
    assert "Traceback" not in log.read_text()


def metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return str(answer.read(), "utf-8")


def ups(intake: End) -> list[Said]:
    own = [one for one in intake.came.queue if one.topic == QUAY.topic(Leaf.UP)]
    return [codec.decode_event(one.payload) for one in own]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_who_is_not_let_in_says_why_once_and_comes_in_with_a_better_certificate(
    gateway: BrokerShop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = gateway.kiosk.broker.port
    broker = gateway.folder / "broker"
    ours = [(broker / name).read_text() for name in ("gateway.key", "gateway.pem")]
    (tmp_path / "identity.pem").write_text("".join(ours))  # good, but not at the kiosks' door
    tls = Tls(ca=broker / "house-ca.pem", certificate=tmp_path / "identity.pem")
    caplog.set_level("WARNING", "runtime.mqtt_link")
    kiosk = End(LinkOptions("a kiosk", speaks_v5=True))

    kiosk.link.open("localhost", port, tls)

    shut = f"the broker at localhost:{port} does not let us in; is our certificate good?"
    until(lambda: shut in warnings(caplog), "it is said")
    assert not kiosk.online, "it never was"
    gateway.kiosk_says("enrol", json.loads(gateway.gateway_says("enrol-kiosk", *AT))["code"])
    tls.certificate.write_text((gateway.folder / "identity.pem").read_text())
    kiosk.link.reload_certificate()
    until(kiosk.is_online, "the new certificate is shown")
    kiosk.link.close()
    assert warnings(caplog).count(shut) == 1


def test_a_kiosk_nobody_knows_is_named(gateway: BrokerShop) -> None:
    with pytest.raises(SettingsError, match="there is no kiosk 'quay-9' in a store 'hue-1'"):
        gateway.gateway_says("enrol-kiosk", STORE, "quay-9")
    with pytest.raises(SettingsError, match="there is no kiosk 'quay-9' in a store 'hue-1'"):
        gateway.gateway_says("revoke-kiosk", STORE, "quay-9")
    with pytest.raises(SettingsError, match="a certificate has room for 64 letters"):
        gateway.gateway_says("enrol-kiosk", "s" * 32, "q" * 32)


def test_a_code_that_was_mistyped_is_said_to_be_that(gateway: BrokerShop) -> None:
    with pytest.raises(SettingsError, match="code: is not host:port"):
        gateway.kiosk_says("enrol", "gateway.lan/aaaa")


def test_the_broker_follows_the_database_and_throws_out_who_is_revoked(tmp_path: Path) -> None:
    shop, done = Shop(tmp_path), list[str]()
    plan = BrokerPlan(str(tmp_path / "broker"))
    keeper = Keeper(BrokerFolder(plan, ("localhost",)), shop.readers, SystemClock())
    keeper.reload, keeper.kick = lambda: done.append("reload"), done.append
    with shop.writers.begin() as db:
        kiosk_certificates.keep(db, QUAY, Signed(7, 0, 1 << 42))

    keeper.follow()
    keeper.follow()
    assert done == ["reload"], "once, however often it looks"

    with shop.writers.begin() as db:
        kiosk_certificates.revoke(db, QUAY, 0)
    keeper.follow()
    keeper.follow()
    assert done == ["reload", "reload", QUAY.user]
    access = (tmp_path / "broker" / "access.acl").read_text()
    assert QUAY.user not in access
    assert "quay-2@hue-1" in access

    with shop.writers.begin() as db:
        kiosk_certificates.invite(db, QUAY, "a code", unix_ms(SystemClock().utc()))
    keeper.follow()
    assert done[3:] == ["reload"], "it has rights again, and nobody is thrown out"


def test_a_disk_that_takes_nothing_does_not_end_the_broker_and_is_tried_again(
    tmp_path: Path,
) -> None:
    shop, done = Shop(tmp_path), list[str]()
    keeper = Keeper(
        BrokerFolder(BrokerPlan(str(tmp_path / "broker")), ("localhost",)),
        shop.readers,
        SystemClock(),
    )
    with shop.writers.begin() as db:
        kiosk_certificates.keep(db, QUAY, Signed(7, 0, 1 << 42))
    keeper.follow()
    keeper.kick = done.append
    in_the_way = tmp_path / "broker" / "access.acl"
    in_the_way.unlink()
    in_the_way.mkdir()
    with shop.writers.begin() as db:
        kiosk_certificates.revoke(db, QUAY, 0)

    keeper.follow()
    assert not done

    in_the_way.rmdir()
    keeper.follow()
    assert done == [QUAY.user]


def test_while_the_database_does_not_answer_everything_stays_as_it_is(tmp_path: Path) -> None:
    engine = base.connect(f"sqlite:///{tmp_path}/nowhere/hien.db")
    files = BrokerFolder(BrokerPlan(str(tmp_path / "broker")), ("localhost",))
    done: list[str] = []

    Keeper(files, base.readers(engine), SystemClock(), lambda: done.append("reload")).follow()

    assert not done
    assert not files.path.exists()


def test_why_the_broker_ended_is_said(tmp_path: Path) -> None:
    files = BrokerFolder(BrokerPlan(str(tmp_path)), ("localhost",))
    files.write((), (), SystemClock().utc())
    files.configuration.write_text("no_such_option true\n")
    broker = Mosquitto(files, SystemClock(), lambda _alarm: None)

    def has_ended() -> bool:
        try:
            broker.check()
        except UnavailableError as error:
            said.append(str(error))
        return bool(said)

    said: list[str] = []
    until(has_ended, "it ends")
    broker.stop()
    assert 'Unknown configuration variable "no_such_option"' in said[0]


def test_a_broker_opens_no_more_files_than_its_connections_need(tmp_path: Path) -> None:
    files = BrokerFolder(BrokerPlan(str(tmp_path), free_port(), free_port()), ("localhost",))
    files.write((), (), SystemClock().utc())
    broker = Mosquitto(files, SystemClock(), lambda _alarm: None)

    # Not by prlimit: mosquitto gives up being root, and may have done so already.
    limits = Path(f"/proc/{broker._process.pid}/limits").read_text()

    broker.stop()
    (said,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
    assert said.split()[3:5] == [str(OPEN_FILES_MAX)] * 2


def test_a_database_that_does_not_answer_is_one_line_and_no_broker_is_started() -> None:
    settings = GatewaySettings(database=f"postgresql://hien:secret@127.0.0.1:{free_port()}/hien")

    with pytest.raises(UnavailableError, match="Connection refused") as caught:
        serve(settings, Event())

    assert "secret" not in str(caught.value)
