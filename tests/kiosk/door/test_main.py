"""A door and its closer as real processes: one evening, and every way they refuse to start."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from contract import passes
from contract.door_trust import Revocations
from contract.events import EntryReason
from kiosk.core.door_wire import DoorHealth, HowAreYou, Misunderstood, Records, TakeRecords
from tests.faults.chip.board import HIGH, LOW
from tests.kiosk.door.premises import HOLD_S, LOCK, Kiosk, Premises, opened
from tests.kiosk.door.shop import ANA, BINH, MEMBERS, Order, revocations, sealed_trust
from tests.kiosk.starting import Refused
from tests.waiting import until

WHY = EntryReason


def fresh() -> Revocations:
    return structs.replace(revocations(), issued_ms=int(time.time() * 1_000))


def slot() -> int:
    return passes.slot_at(time.time())


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    premises = Premises(tmp_path)
    premises.trust(sealed_trust(MEMBERS.keyring(), fresh()))
    yield premises
    premises.stop()


@pytest.fixture
def kiosk(premises: Premises) -> Iterator[Kiosk]:
    premises.start_closer()
    premises.start_door()
    with opened(premises) as kiosk:
        until(lambda: health(kiosk).keyring == 1, "the door knows its members")
        yield kiosk


def health(kiosk: Kiosk) -> DoorHealth:
    reply = kiosk.ask(HowAreYou())
    assert isinstance(reply, DoorHealth)
    return reply


def test_an_evening_at_a_door(premises: Premises, kiosk: Kiosk) -> None:
    board = premises.board
    text = MEMBERS.show(ANA, slot())

    assert kiosk.show(text).reason is WHY.PASS
    assert board.level(LOCK) == HIGH
    assert kiosk.show(text).reason is WHY.REPLAYED
    premises.open()
    until(lambda: board.level(LOCK) == LOW, "the lock falls when the door opens")
    until(lambda: health(kiosk).people == 1, "who came in is counted")
    premises.shut()

    assert isinstance(kiosk.say(b'{"ask":"open"}\n'), Misunderstood)
    until(lambda: kiosk.show(MEMBERS.show(BINH, slot())).reason is WHY.PASS, "the next comes in")
    until(lambda: board.level(LOCK) == LOW, "the lock falls by itself")
    up, down = board.diary(LOCK)[-2:]
    assert HOLD_S - 0.05 <= down.at_s - up.at_s < HOLD_S + 0.5

    until(lambda: len(taken(kiosk)) >= 3, "everything is handed over")
    assert {"entry", "passage"} <= set(taken(kiosk))


def taken(kiosk: Kiosk) -> list[str]:
    reply = kiosk.ask(TakeRecords())
    assert isinstance(reply, Records)
    return [str(record.kind) for record in reply.records]


def quoted(text: str) -> bytes:
    escaped = text.replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode()


def test_an_order_opens_once_and_a_door_that_is_told_to_stop_leaves_everything_in_order(
    premises: Premises, kiosk: Kiosk
) -> None:
    sealed = Order(at_s=time.time() - 1).sealed().decode()
    replies = [kiosk.say(b'{"ask":"pass_order","sealed":%s}\n' % quoted(sealed)) for _ in "12"]
    assert [getattr(reply, "reason", None) for reply in replies] == [WHY.STAFF, WHY.REPLAYED]

    door = premises.processes[-1]
    door.send_signal(signal.SIGTERM)

    assert door.wait(10) == 0, premises.said("run")
    assert premises.board.level(LOCK) == LOW
    until(lambda: "held low" in premises.said("closer").split("has the line")[-1], "taken back")
    assert "cut off" not in premises.said("closer")
    assert not (premises.folder / "door.sock").exists()


def test_without_its_closer_a_door_does_not_start(premises: Premises) -> None:
    door = premises.start("run")

    assert door.wait(20) == os.EX_UNAVAILABLE
    assert "start it: hien door closer" in premises.said("run")
    assert "Traceback" not in premises.said("run")


def test_a_closer_that_is_killed_shuts_the_door_to_entry_until_it_is_back(
    premises: Premises, kiosk: Kiosk
) -> None:
    premises.processes[0].kill()
    until(lambda: not health(kiosk).is_in_order, "the door notices")
    assert kiosk.show(MEMBERS.show(ANA, slot())).reason is WHY.OUT_OF_ORDER

    premises.start("closer")
    until(lambda: health(kiosk).is_in_order, "they meet again")
    assert kiosk.show(MEMBERS.show(ANA, slot())).reason is WHY.PASS


@pytest.mark.parametrize("command", ["run", "closer"])
def test_wrong_settings_are_one_line(tmp_path: Path, refused: Refused, command: str) -> None:
    path = tmp_path / "door.toml"
    path.write_text('store = "hue-1"\n')

    status, line = refused(path, "door", command)

    assert status == os.EX_CONFIG
    assert line.startswith("hien: door.toml: store_no is missing; ")
