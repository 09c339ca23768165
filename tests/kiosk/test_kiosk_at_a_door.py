"""Stories at a kiosk beside a door: what it shows, what it passes on, what it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from contract.events import Called, Condition, Decision, Device, Entry, EntryReason, Record, Scanned
from kiosk.adapters.closed_file import ClosedFile
from kiosk.adapters.outbox import Outbox
from kiosk.closing import Closing
from kiosk.core.door_wire import Answer
from kiosk.core.hours import OpeningHours
from kiosk.core.inputs import (
    Button,
    CodeRead,
    DeviceChanged,
    DoorAnswered,
    DoorRecorded,
    Ordered,
    Pressed,
    Tick,
)
from kiosk.core.screen import Attract, Closed, DoorAsked, KeptOut, LetIn, OutOfOrder, StaffCalled
from kiosk.reporter import Reporter
from tests.fakes import NOON
from tests.kiosk.whole_kiosk import Kiosk

JOURNAL, OTHER_JOURNAL = "0123456789abcdef", "fedcba9876543210"


class FakeDoor:
    """A door that keeps what it is asked and told."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.orders: list[bytes] = []
        self.acknowledged: list[int] = []

    def show(self, text: str) -> None:
        self.shown.append(text)

    def pass_order(self, sealed: bytes) -> None:
        self.orders.append(sealed)

    def kept(self, record: Record) -> None:
        self.acknowledged.append(record.number)


class AtDoor(Kiosk):
    """A kiosk beside a door."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.door = FakeDoor()
        self.app.ports = replace(self.app.ports, door=self.door)

    def reads(self, text: str) -> None:
        self.app.handle(CodeRead(text, grabbed_ms=0))

    def answers(self, reason: EntryReason) -> None:
        is_granted = reason in (EntryReason.PASS, EntryReason.STAFF)
        decision = Decision.GRANTED if is_granted else Decision.REFUSED
        self.app.handle(DoorAnswered(Answer(decision, reason)))

    def reopen(self) -> None:
        """The disk is well again."""
        self.outbox = Outbox(self.folder / "outbox.db", "hue-1", "quay-1")
        reporter = Reporter(self.outbox, self.uplink, self.clock, self.time)
        reporter.link(online=True)
        self.app.ports = replace(self.app.ports, reporter=reporter)

    def records(self, number: int, journal: str = JOURNAL) -> None:
        self.app.handle(DoorRecorded(entry(number, journal)))


def entry(number: int, journal: str = JOURNAL) -> Entry:
    reason = EntryReason.PASS
    return Entry("front", journal, number, 1, decision=Decision.GRANTED, reason=reason)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[AtDoor]:
    made = AtDoor(tmp_path)
    yield made
    made.outbox.close()


def test_a_code_goes_to_the_door_and_its_answer_to_the_screen(kiosk: AtDoor) -> None:
    kiosk.reads("MD1:whatever")
    kiosk.reads("MD1:whatever")
    assert kiosk.screen() == DoorAsked()

    kiosk.answers(EntryReason.PASS)

    assert kiosk.screen() == LetIn()
    assert kiosk.door.shown == ["MD1:whatever"], "a code that is held up is shown once"
    assert kiosk.panel.diary == ["good"]
    kiosk.wait(13)
    assert kiosk.screen() == Attract()
    assert not any(isinstance(body, Scanned) for body in kiosk.sent), "its entry says it all"


def test_why_somebody_is_kept_out_is_said_and_they_may_try_again(kiosk: AtDoor) -> None:
    kiosk.reads("x")
    kiosk.answers(EntryReason.FULL)
    assert kiosk.screen() == KeptOut(EntryReason.FULL)
    assert kiosk.panel.diary == ["unreadable"]

    kiosk.app.handle(Pressed(Button.BACK, kiosk.app.state.revision))
    assert kiosk.screen() == Attract()

    kiosk.reads("y")
    kiosk.answers(EntryReason.PASS)
    assert kiosk.screen() == LetIn()


def test_a_silent_door_is_out_of_order_and_its_late_yes_is_still_said(kiosk: AtDoor) -> None:
    kiosk.reads("x")
    kiosk.clock.advance(3)
    kiosk.app.handle(Tick())
    assert kiosk.screen() == KeptOut(EntryReason.OUT_OF_ORDER)

    kiosk.answers(EntryReason.PASS)

    assert kiosk.screen() == LetIn()


def test_an_order_goes_through_and_only_its_yes_is_seen(kiosk: AtDoor) -> None:
    kiosk.app.handle(Ordered(b"sealed"))
    kiosk.answers(EntryReason.FORGED)
    assert (kiosk.door.orders, kiosk.screen()) == ([b"sealed"], Attract())
    assert kiosk.panel.diary == []

    kiosk.answers(EntryReason.STAFF)

    assert kiosk.screen() == LetIn()


def test_an_order_without_a_door_leads_nowhere(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.app.handle(Ordered(b"sealed"))
    assert kiosk.screen() == Attract()
    kiosk.outbox.close()


def test_help_can_be_called_from_the_street(kiosk: AtDoor) -> None:
    kiosk.reads("x")
    kiosk.answers(EntryReason.REVOKED)
    kiosk.app.handle(Pressed(Button.STAFF, kiosk.app.state.revision))

    assert kiosk.screen() == StaffCalled()
    assert any(isinstance(body, Called) for body in kiosk.sent)


def test_the_doors_records_are_kept_once_and_then_acknowledged(kiosk: AtDoor) -> None:
    for number in (4, 5, 5, 4):
        kiosk.records(number)
    kiosk.records(1, OTHER_JOURNAL)

    assert kiosk.sent == [entry(4), entry(5), entry(1, OTHER_JOURNAL)]
    assert kiosk.door.acknowledged == [4, 5, 5, 4, 1]


def test_nothing_behind_a_gap_is_kept_or_the_door_would_forget_what_is_missing(
    kiosk: AtDoor,
) -> None:
    kiosk.records(1)
    kiosk.outbox.close()
    kiosk.records(2)  # the disk takes no more
    assert kiosk.screen() == OutOfOrder()
    kiosk.reopen()

    kiosk.records(3)
    assert kiosk.door.acknowledged == [1]
    kiosk.records(2)
    kiosk.records(3)

    assert kiosk.door.acknowledged == [1, 2, 3]
    assert kiosk.sent == [entry(1), entry(2), entry(3)]


def test_a_door_that_fails_is_reported(kiosk: AtDoor) -> None:
    kiosk.app.handle(DeviceChanged(Device.DOOR, Condition.OUT, "no closer"))
    kiosk.app.handle(Tick())

    assert kiosk.uplink.states[-1].devices[Device.DOOR] is Condition.OUT


def test_who_is_kept_out_of_a_closed_shop_learns_when_it_opens(kiosk: AtDoor) -> None:
    hours = OpeningHours(week=(((13 * 60, 14 * 60),),) * 7)  # noon is the fakes' time
    closing = Closing(hours, ClosedFile(kiosk.folder), kiosk.time)
    kiosk.app.ports = replace(kiosk.app.ports, closing=closing)
    later = NOON.replace(hour=13, minute=0, tzinfo=UTC)

    for reason in (EntryReason.CLOSED, EntryReason.FULL):
        kiosk.reads(f"MD1:{reason}")
        kiosk.answers(reason)
        is_shut = reason is EntryReason.CLOSED
        assert kiosk.screen() == KeptOut(reason, Closed(later) if is_shut else None)
        kiosk.wait(13)

    closing.obey(is_closed=True)
    kiosk.reads("MD1:holiday")
    kiosk.answers(EntryReason.HOLIDAY)
    assert kiosk.screen() == KeptOut(EntryReason.HOLIDAY, Closed(is_by_owner=True))
