"""The gateway's commands as an operator runs them: real processes, a real broker, exit statuses."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from cli.main import main
from contract import codec, commands, topics
from contract.denials import digest
from contract.events import Called
from contract.identifiers import shard_of
from contract.messages import Denial, Live, Noun, Receipt, Trust
from contract.sealed import Purpose, unseal
from contract.topics import KioskAddress, Leaf
from gateway import seal
from gateway.door_orders import Wish, order
from gateway.settings import GatewaySettings
from gateway.store import base, csv_import, dead_letters, migrations
from gateway.store.dead_letters import Letter
from runtime import tls
from runtime.clock import SystemClock, stopwatch_ms
from runtime.errors import UnavailableError
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.settings import load
from tests.broker import Broker, free_port
from tests.gateway.shop import NOON_MS, STORE, Outbox
from tests.house import ROOT
from tests.waiting import until

FOB = "eddystone-uid:00112233445566778899:000000000001"
HIEN = (sys.executable, "-P", "-c", "import sys; from cli.main import main; sys.exit(main())")
EX_UNAVAILABLE, EX_CONFIG = 69, 78


class Premises:
    """A folder with a gateway's settings and what it imports."""

    def __init__(self, folder: Path, broker_port: int) -> None:
        self.folder = folder
        self.web_port = free_port()
        self.url = f"sqlite:///{folder / 'hien.db'}"
        (folder / "gateway.toml").write_text(
            f'database = "{self.url}"\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {broker_port}\n'
            f'[seal]\nkey_file = "{folder / "seal.key"}"\n'
            '[push]\ncontact = "mailto:shop@example.vn"\n'
            f"[web]\nport = {self.web_port}\n"
        )
        seal.make(folder / "seal.key", key_id=1)
        self.seeds = folder / "seeds"
        self.seeds.mkdir()
        (self.seeds / "stores.csv").write_text(f"store,name,store_no\n{STORE},An Nhiên,7\n")
        (self.seeds / "kiosks.csv").write_text(f"kiosk,store,name\nquay-1,{STORE},Quầy 1\n")
        self.consents("presence")

    def consents(self, words: str) -> None:
        """What the one member agrees to, in the file to import."""
        head = "member,name,phone,tier,points,interests,consents,tags,pass_key_id,pass_public_key"
        row = f"0000000000c1,An,,member,1,,{words},{FOB},,"
        (self.seeds / "profiles.csv").write_text(f"{head}\n{row}\n")

    def import_(self) -> None:
        """Bring what the folder holds into the database."""
        engine = base.connect(self.url)
        migrations.upgrade(engine)
        with base.writers(engine).begin() as db:
            csv_import.load(db, self.seeds, NOON_MS)
        engine.dispose()

    def run(self, *arguments: str) -> int:
        """One command, in this process, to its end."""
        return main(["gateway", *arguments, "--settings", str(self.folder / "gateway.toml")])

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """A process that runs until the test is done with it."""
        process = subprocess.Popen(
            [*HIEN, "gateway", *command],
            cwd=self.folder,
            env={**_environment(), "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _environment() -> dict[str, str]:
    """Ours, without what would override the settings file."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HIEN_")}


class Listener:
    """Whatever is said on some topics; retained messages come in no particular order."""

    def __init__(self, broker_port: int, *subscriptions: str, name: str = "listener") -> None:
        self.heard = {topic: Queue[Delivery]() for topic in subscriptions}
        listens = Event()
        self.link = MqttLink(
            LinkOptions(name, subscriptions),
            lambda delivery: self.heard[delivery.topic].put(delivery),
            lambda _online: listens.set(),
        )
        self.link.open("127.0.0.1", broker_port)
        assert listens.wait(30), "the broker never took the subscription"

    def next(self, topic: str) -> bytes:
        return self.heard[topic].get(timeout=30).payload

    def receipt(self, kiosk: str) -> Receipt:
        return codec.decode(Receipt, self.next(KioskAddress(STORE, kiosk).topic(Leaf.RECEIPT)))


@pytest.fixture
def premises(tmp_path: Path, broker: Broker) -> Premises:
    folder = tmp_path / "gateway"
    folder.mkdir()
    made = Premises(folder, broker.port)
    made.import_()
    return made


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    made = Listener(
        broker.port,
        topics.trust(STORE),
        topics.denial(STORE),
        *(KioskAddress(STORE, kiosk).topic(Leaf.RECEIPT) for kiosk in ("quay-1", "quay-2")),
    )
    yield made
    made.link.close()


def says_one_thing(listener: Listener, kiosk: str) -> None:
    received = Outbox(kiosk).says(Called("0" * 16), NOON_MS)
    topic = KioskAddress(STORE, kiosk).topic(Leaf.UP)
    listener.link.publish(topic, codec.encode_envelope(received.event, received.body))


def test_the_intake_waits_for_its_broker_tells_whom_to_trust_and_notices_an_import(
    premises: Premises, broker: Broker, listener: Listener
) -> None:
    broker.kill()
    with premises.running("intake") as intake:
        assert intake.stderr is not None
        assert any("no broker answers" in line for line in iter(intake.stderr.readline, ""))
        broker.start()
        sealer = seal.load(premises.folder / "seal.key", 1)
        issuers = {1: bytes.fromhex(sealer.public_key)}

        def told(kind: type[Trust | Denial], listener: Listener = listener) -> Trust | Denial:
            is_trust = kind is Trust
            purpose = Purpose.TRUST if is_trust else Purpose.DENIAL
            topic = topics.trust(STORE) if is_trust else topics.denial(STORE)
            return codec.decode(kind, unseal(issuers, purpose, listener.next(topic)))

        nobody, first = told(Denial), told(Trust)
        assert isinstance(nobody, Denial)
        assert nobody.tags == nobody.members == ()
        assert isinstance(first, Trust)
        assert [tag.identity for tag in first.tags] == [FOB]
        says_one_thing(listener, "quay-1")
        assert listener.receipt("quay-1").upto == 1

        premises.consents("")  # withdrawn
        began_ms = stopwatch_ms()
        (premises.seeds / "kiosks.csv").write_text(f"kiosk,store,name\nquay-2,{STORE},Quầy 2\n")
        premises.import_()
        denial, second = told(Denial), told(Trust)
        assert isinstance(second, Trust)
        assert isinstance(denial, Denial)
        assert denial.tags == tuple(digest(denial.salt, tag.tag) for tag in first.tags)
        assert (second.tags, second.epoch > first.epoch) == ((), True)
        assert stopwatch_ms() - began_ms < 60_000, "an opt-out acts within a minute"
        returned = Listener(broker.port, topics.trust(STORE), topics.denial(STORE), name="returned")
        assert (told(Denial, returned), told(Trust, returned)) == (denial, second)
        returned.link.close()
        says_one_thing(listener, "quay-2")  # nobody restarted anything
        assert listener.receipt("quay-2").upto == 1

        intake.terminate()
        assert intake.wait(timeout=30) == 0


def begun(intake: subprocess.Popen[str]) -> str:
    """Which shards it has, once it hears them."""
    assert intake.stderr is not None
    shards, hears = "", False
    while not (shards and hears):
        line = intake.stderr.readline()
        assert line, "it ended"
        shards = shards or line.partition("shards ")[2].strip()
        hears = hears or "connected to the broker" in line
    return shards


def test_two_intakes_share_the_stores_and_leave_each_other_alone(
    premises: Premises, listener: Listener
) -> None:
    mine = int(shard_of(STORE)) % 2
    other = next(name for name in ("hue-1", "hue-2", "hue-3") if int(shard_of(name)) % 2 != mine)
    (premises.seeds / "stores.csv").write_text(
        f"store,name,store_no\n{STORE},An Nhiên,7\n{other},Huế,8\n"
    )
    premises.import_()
    with premises.running("intake", "--part", "1/2") as first:
        with premises.running("intake", "--part", "2/2") as second:
            shares = [begun(part) for part in (first, second)]
            says_one_thing(listener, "quay-1")

            assert listener.receipt("quay-1").upto == 1
        stores = sorted((STORE, other), key=lambda store: int(shard_of(store)) % 2)
        assert shares == [f"{shard_of(store)}; trust told to 1 stores" for store in stores]
    assert premises.run("intake", "--part", "3/2") == EX_CONFIG


def test_nonsense_on_the_live_topic_does_not_end_the_web_process(
    premises: Premises, listener: Listener
) -> None:
    with premises.running("web") as web:
        assert web.stderr is not None
        lines = iter(web.stderr.readline, "")
        assert any("connected to the broker" in line for line in lines)
        listener.link.publish(topics.live(STORE), b"\xff nonsense")
        assert any("payload" in line for line in lines)
        listener.link.publish(topics.live(STORE), codec.encode(Live(Noun.VISIT, "1")))
        listener.link.publish(topics.live(STORE), b"more nonsense")
        assert any("payload" in line for line in lines)
        until(lambda: arrived(premises.web_port, b"{}") == (400, "unreadable"), "phones can report")
        assert (premises.folder / "push.key").exists()


def arrived(port: int, body: bytes) -> tuple[int, str] | None:
    """What the gateway says to a phone that says it is here; None while nobody answers."""
    phone = HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(phone), suppress(OSError):
        phone.request("POST", "/v1/arrivals", body)
        answer = phone.getresponse()
        return answer.status, json.loads(answer.read())["reason"]
    return None


def test_a_door_hears_an_order_that_is_sealed_short_and_never_the_same(
    premises: Premises, broker: Broker
) -> None:
    quay = KioskAddress(STORE, "quay-1")
    kiosk = Listener(broker.port, quay.topic(Leaf.COMMAND))
    settings = load(GatewaySettings, premises.folder / "gateway.toml")
    sealer = seal.load(premises.folder / "seal.key", 1)
    issuers = {1: bytes.fromhex(sealer.public_key)}

    wish = Wish(quay, "front", "tu")
    nonces = [order(settings, wish, SystemClock()) for _ in range(2)]

    heard = [commands.read(issuers, kiosk.next(quay.topic(Leaf.COMMAND))) for _ in range(2)]
    assert [one.nonce for one in heard] == nonces
    assert len(set(nonces)) == 2
    assert {(one.store, one.device, one.staff) for one in heard} == {(STORE, "front", "tu")}
    assert all(one.until_ms - one.at_ms <= 5_000 for one in heard)
    kiosk.link.close()
    nobody = settings.model_copy(update={"broker": tls.Broker(port=free_port())})
    with pytest.raises(UnavailableError, match="did not take the order"):
        order(nobody, wish, SystemClock(), patience_s=0.2)


def test_a_port_that_is_taken_is_one_sentence(premises: Premises) -> None:
    with (
        socket.create_server(("127.0.0.1", premises.web_port)),
        premises.running("web") as web,
    ):
        _, said = web.communicate(timeout=30)

    assert web.returncode == EX_UNAVAILABLE
    assert str(premises.web_port) in said
    assert "Traceback" not in said


def test_a_database_that_was_never_made_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Premises(tmp_path, free_port()).run("intake") == EX_CONFIG

    assert capsys.readouterr().err.endswith("is not up to date: run hien gateway migrate\n")


def test_a_folder_is_migrated_and_imported_by_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    premises = Premises(tmp_path, free_port())
    assert premises.run("migrate") == 0
    assert premises.run("import", str(premises.seeds)) == 0
    assert capsys.readouterr().out == "3 rows imported: 1 members new, 2 rows changed\n"

    (premises.seeds / "stores.csv").write_text("store,name,store_no\nHuế,Huế,1\n")
    assert premises.run("import", str(premises.seeds)) == EX_CONFIG
    assert "hien: stores.csv line 2: store: 'Huế' is not" in capsys.readouterr().err


def test_a_setting_that_is_none_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    premises = Premises(tmp_path, free_port())
    with (tmp_path / "gateway.toml").open("a") as file:
        file.write("prot = 1\n")

    assert premises.run("migrate") == EX_CONFIG
    said = capsys.readouterr().err
    assert said == "hien: gateway.toml [web]: prot is not a setting (did you mean port?)\n"


LETTER = Letter("b/topic", b"\x1b[2Jspoils the terminal", "body: unknown", "e-1")


def test_dead_letters_are_listed_for_programs_and_shown_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    premises = Premises(tmp_path, free_port())
    premises.import_()
    engine = base.connect(premises.url)
    with base.writers(engine).begin() as db:
        letters = [Letter("a/topic", b"\xff\x00", "payload: [red]nonsense"), LETTER]
        dead_letters.add(db, letters, NOON_MS)
    engine.dispose()

    assert premises.run("dead-letters", "--json") == 0
    counted, refused = map(json.loads, capsys.readouterr().out.splitlines())
    assert refused["reason"] == "payload: [red]nonsense"
    assert (counted["event"], refused["event"]) == ("e-1", None)

    assert premises.run("dead-letters") == 0
    assert "[red]" in capsys.readouterr().out
    assert premises.run("dead-letters", "2") == 0
    assert "payload: '\\x1b[2Jspoils the terminal'" in capsys.readouterr().out
    assert premises.run("dead-letters", "9") == EX_CONFIG
    assert "there is no dead letter 9" in capsys.readouterr().err
