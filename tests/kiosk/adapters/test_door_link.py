"""The kiosk's end of its door: a real door in a thread, and a door that is not there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from contract.events import Condition, Device, Entry, EntryReason, Record
from contract.passes import slot_at
from kiosk.adapters.door_link import PATIENCE, DoorLink
from kiosk.core import door_wire
from kiosk.core.inputs import DeviceChanged, DoorAnswered, DoorRecorded, Input
from kiosk.door.server import DoorServer
from tests.kiosk.door.rig import Rig
from tests.kiosk.door.shop import ANA, BINH, MEMBERS, NOW_S, Order
from tests.kiosk.door.test_server import ME
from tests.waiting import until

ASKED_EVERY_S = 0.05  # before its patience with records ends, half a second passes


class Home:
    """A door that runs in a thread, and the kiosk's inbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inbox: list[Input] = []
        self.rig = Rig(folder)
        self.rig.trust()

    @contextmanager
    def door(self) -> Iterator[None]:
        """One life of the door. Time stands still in it."""
        stopping, listening = threading.Event(), threading.Event()

        def live() -> None:
            server = DoorServer(self.folder / "door.sock", ME)
            with closing(server), self.rig.running() as app:
                listening.set()
                while not stopping.is_set():
                    for peer, line in server.lines(0.02):
                        reply = app.handle(door_wire.read_ask(line))
                        server.reply(peer, door_wire.line(reply))

        thread = threading.Thread(target=live)
        thread.start()
        assert listening.wait(10)
        try:
            yield
        finally:
            stopping.set()
            thread.join()

    @contextmanager
    def link(self) -> Iterator[DoorLink]:
        link = DoorLink(self.folder / "door.sock", self.inbox.append, ASKED_EVERY_S)
        link.start()
        try:
            yield link
        finally:
            link.stop()
            link.stop()

    def answers(self) -> list[EntryReason]:
        return [
            happened.answer.reason for happened in self.inbox if isinstance(happened, DoorAnswered)
        ]

    def records(self) -> list[Record]:
        return [happened.record for happened in self.inbox if isinstance(happened, DoorRecorded)]

    def conditions(self) -> list[Condition]:
        return [
            happened.condition
            for happened in self.inbox
            if isinstance(happened, DeviceChanged) and happened.device is Device.DOOR
        ]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def shown(name: str) -> str:
    return MEMBERS.show(name, slot_at(NOW_S))


def test_what_is_shown_is_answered(home: Home) -> None:
    with home.door(), home.link() as link:
        link.show(shown(ANA))
        link.pass_order(Order().sealed())
        until(lambda: len(home.answers()) == 2, "both are answered")

    assert home.answers() == [EntryReason.PASS, EntryReason.BUSY]


def test_records_come_home_once_and_the_next_when_they_are_kept(home: Home) -> None:
    with home.door(), home.link() as link:
        link.show(shown(ANA))
        until(home.records, "the record comes")
        (record,) = home.records()
        assert isinstance(record, Entry)
        assert record.holder == ANA
        until(lambda: home.conditions() == [Condition.OK], "and the door's health")
        link.kept(record)
        until(lambda: home.rig.lock.journal and home.rig.lock.journal.taken == 1, "it is told")
    assert len(home.records()) == 1


def test_a_kiosk_that_was_restarted_goes_on_where_it_was(home: Home) -> None:
    with home.door():
        with home.link() as link:
            link.show(shown(ANA))
            until(home.records, "the record comes")
            link.kept(home.records()[0])
            until(lambda: home.rig.lock.journal and home.rig.lock.journal.taken == 1, "it is told")
        home.inbox.clear()
        with home.link():
            until(home.conditions, "they speak again")

    assert home.records() == []


def test_a_door_that_is_not_there_is_said_once_and_found_when_it_comes(home: Home) -> None:
    with home.link() as link:
        link.show(shown(ANA))
        until(home.conditions, "it is said")
        with home.door():
            until(lambda: len(home.conditions()) == 2, "it is found")
            link.show(shown(BINH))
            until(home.answers, "it answers")
        until(lambda: len(home.conditions()) == 3, "it is missed")

    assert home.conditions() == [Condition.OUT, Condition.OK, Condition.OUT]
    assert home.answers() == [EntryReason.PASS]  # nobody waits at a silent door for the first


def test_a_flood_is_forgotten_and_not_piled_up(home: Home) -> None:
    link = DoorLink(home.folder / "door.sock", home.inbox.append)
    for _ in range(100):
        link.show("rubbish")

    assert link._asks.qsize() == 4


def test_a_record_that_nobody_kept_is_brought_again_after_a_while(home: Home) -> None:
    """By hand, look after look."""
    with home.door(), home.link() as link:
        link.show(shown(ANA))
        until(home.records, "the record comes")
    link = DoorLink(home.folder / "door.sock", home.inbox.append)
    home.inbox.clear()
    with home.door():
        for _ in range(PATIENCE + 1):
            link._look()
        assert len(home.records()) == 1
        link._look()
        assert len(home.records()) == 2
        link.kept(home.records()[0])
        for _ in range(PATIENCE + 2):
            link._look()
    link._hang_up()

    assert len(home.records()) == 2
