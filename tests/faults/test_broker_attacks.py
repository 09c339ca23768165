"""The table of attacks against the broker as a shop runs it, and against one that was weakened."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from contract import codec
from contract.messages import Live, Noun
from contract.topics import KioskAddress
from firmware_config.broker_folder import BrokerFolder
from firmware_config.broker_watch import Attempt
from firmware_config.mosquitto import BrokerPlan
from gateway.core.alerts import AlertKind
from gateway.intake import Intake
from gateway.store import dead_letters, kiosk_certificates
from gateway.store.alerts import AlertRow
from gateway.store.events import EventRow
from gateway.store.kiosk_certificates import Signed
from gateway.store.stores import KioskRow, StoreRow
from runtime.clock import SystemClock
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery
from tests.broker import free_port
from tests.faults.broker_attacks import (
    ATTACKS,
    NOW,
    OTHER_STORE,
    STORE,
    VICTIM,
    Stage,
    gateways_own,
)
from tests.faults.hostile import V311, Hostile, RefusedError, Said
from tests.gateway.broker_shop import BrokerShop
from tests.waiting import until

NAMES = list(ATTACKS)


class Board(logging.Handler):
    """What was said in the log about strangers, who have no card."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class GuardedShop(BrokerShop):
    """A broker's process with a database full of kiosks, and everything its gateway hears."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        kiosks = [VICTIM.kiosk, *(f"attacker-{number}" for number in range(len(NAMES)))]
        with self.shop.writers.begin() as db:
            db.add(StoreRow(store=OTHER_STORE, name="Another", store_no=8))
            db.flush()
            db.add_all(KioskRow(store=STORE, kiosk=kiosk, name=kiosk) for kiosk in kiosks)
            db.add(KioskRow(store=OTHER_STORE, kiosk=VICTIM.kiosk, name="victim"))
        self.board = Board()
        logging.getLogger("gateway.broker_alarms").addHandler(self.board)
        self.open()
        self.stage = staged(self.settings.own_broker.files(), folder, self.revoke)
        said = Said(V311, "the-pages", tls=gateways_own(self.stage))
        self.pages = Hostile(self.stage.gateway_port, said)
        self.pages.subscribe("hien/1/+/+/live")

    def revoke(self, kiosk: KioskAddress, serial: int) -> None:
        with self.shop.writers.begin() as db:
            kiosk_certificates.keep(db, kiosk, Signed(serial, 0, 1 << 42))
        self.gateway_says("revoke-kiosk", kiosk.store, kiosk.kiosk)

    def alarmed(self, attempt: Attempt) -> bool:
        if attempt is Attempt.STRANGER:
            return f"at the broker: stranger by a stranger: {self.stage.address}" in self.board.said
        user, kiosk = self.stage.attacker.user, self.stage.attacker.kiosk
        with self.shop.read() as db:
            kind = db.scalar(select(AlertRow.kind).filter_by(store=STORE, kiosk=kiosk))
        is_said = any(f"{attempt} by {user}" in said for said in self.board.said)
        return kind == AlertKind.IMPOSTOR and is_said

    def shown(self) -> set[str]:
        """The cards the pages were told of."""
        told = [codec.decode(Live, payload) for _, payload in self.pages.hears()]
        return {live.id for live in told if live.noun is Noun.ALERT}


def staged(files: BrokerFolder, folder: Path, revoke: object) -> Stage:
    assert callable(revoke)
    stage = Stage(files, folder, gateway=None, revoke=revoke)  # type: ignore[arg-type]
    said = Said(V311, "hien-shard-58", tls=gateways_own(stage))
    stage.gateway = Hostile(files.plan.gateway_port, said)
    for leaf in ("up", "state"):
        stage.gateway.subscribe(f"hien/1/+/+/+/{leaf}")
    return stage


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedShop]:
    made = GuardedShop(tmp_path_factory.mktemp("guarded"))
    yield made
    logging.getLogger("gateway.broker_alarms").removeHandler(made.board)
    made.stage.gateway.vanish()
    made.pages.vanish()
    made.close()


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_is_refused_and_alarmed(guarded: GuardedShop, name: str) -> None:
    attack, alarm = ATTACKS[name]
    guarded.stage.number = NAMES.index(name)

    try:
        attack(guarded.stage)
    finally:
        guarded.stage.end()

    if alarm is not None:
        until(lambda: guarded.alarmed(alarm), f"an alarm: {alarm}")


def test_nothing_of_all_that_reaches_the_books(guarded: GuardedShop) -> None:
    """After the table: what came through to the gateway is given to its intake."""
    heard = guarded.stage.gateway.hears()
    inbox = Inbox[Delivery](100)
    for topic, payload in heard:
        inbox.put(Delivery(topic, payload, 1))
    intake = Intake(
        inbox,
        guarded.shop.writers,
        SystemClock(),
        lambda *_, **__: True,
        lambda _: None,
        lambda _: None,
    )

    intake.run(iter([False, False, True]).__next__)  # one batch

    with guarded.shop.read() as db:
        cards = {str(alert) for alert in db.scalars(select(AlertRow.alert))}
        until(lambda: guarded.shown() == cards, "the pages hear of every card")
        assert db.scalar(select(func.count()).select_from(EventRow)) == 0
        reasons = [letter.reason for letter in dead_letters.newest_first(db, 10)]
        impostors = select(AlertRow.kiosk).filter_by(kind=AlertKind.IMPOSTOR)
        assert len(set(db.scalars(impostors))) == len(list(db.scalars(impostors))), "one card each"
    assert len(heard) == 1, "only the one that a broker cannot see through"
    assert reasons == ["kiosk: hue-1/victim spoke on another's topic"]


WEAKENED = {  # what is planted, and what of the table must notice it
    "pattern readwrite hien/1/#": {"another kiosk's event", "whom to trust, kept", "everything"},
    "use_username_as_clientid": {"the session of a shard", "the session of another kiosk"},
    "two authorities": {"a kiosk's at the gateway's door"},
    "tls_version": {"TLS 1.2"},
    "message_size_limit": {"a message that is too large"},
}


def test_a_broker_that_was_weakened_is_found_out(tmp_path: Path) -> None:
    plan = BrokerPlan(str(tmp_path), free_port(), free_port(), "127.0.0.1", user="root")
    files = BrokerFolder(plan, ("localhost", "127.0.0.1"))
    kiosks = [KioskAddress(STORE, f"attacker-{number}") for number in range(len(NAMES))]
    files.write([VICTIM, *kiosks], (), NOW)
    weaken(files)
    binary = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert binary
    with subprocess.Popen([binary, "-c", files.configuration], stderr=subprocess.DEVNULL) as broker:
        try:
            stage = opened(files, tmp_path)
            for number, (weakness, due) in enumerate(WEAKENED.items()):
                for name in due:
                    stage.number = number
                    assert not survives(stage, name), f"{name} does not notice {weakness}"
                    stage.end()
                    stage.gateway.vanish()
                    stage = opened(files, tmp_path)
            stage.gateway.vanish()
        finally:
            broker.terminate()


def weaken(files: BrokerFolder) -> None:
    access = files.path / "access.acl"
    access.write_text(access.read_text() + "\npattern readwrite hien/1/#\n")
    both = [(files.path / name).read_text() for name in ("house-ca.pem", "kiosks-ca.pem")]
    (files.path / "both.pem").write_text("".join(both))
    lines = files.configuration.read_text().splitlines()
    gone = ("use_username_as_clientid", "tls_version", "message_size_limit")
    kept = [line for line in lines if not line.startswith(gone)]
    text = "\n".join(kept).replace("/house-ca.pem", "/both.pem")
    files.configuration.write_text(text + "\n")


def opened(files: BrokerFolder, folder: Path) -> Stage:
    stages: list[Stage] = []

    def opens() -> bool:
        try:
            stages.append(staged(files, folder, lambda *_: None))
        except (RefusedError, OSError):
            return False
        return True

    until(opens, "the broker answers")
    return stages[0]


def survives(stage: Stage, name: str) -> bool:
    """Whether the attack finds nothing to complain of."""
    try:
        ATTACKS[name][0](stage)
    except (AssertionError, RefusedError):
        return False
    return True
