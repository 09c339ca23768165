"""An outbox that the disk changes while the kiosk runs: the screen stays, what is whole leaves."""

from __future__ import annotations

from contract.events import Called, Condition, Device, StateChanged
from kiosk.core.inputs import DeviceChanged, LinkChanged, Rang, Tick
from kiosk.core.screen import OutOfOrder, StaffCalled
from kiosk.reporter import MENDED_MAX
from tests.kiosk.whole_kiosk import Kiosk


def damage(kiosk: Kiosk) -> None:
    kiosk.outbox._db.execute("UPDATE event SET at_ms = at_ms + 1 WHERE seq = 2")


def happens(kiosk: Kiosk, condition: Condition) -> None:
    kiosk.app.handle(DeviceChanged(Device.CAMERA, condition, ""))


def offline(kiosk: Kiosk, count: int) -> list[str]:
    """So many events that wait; their ids."""
    kiosk.app.handle(LinkChanged(online=False))
    for number in range(count):
        happens(kiosk, Condition.OUT if number % 2 == 0 else Condition.OK)
    return [event.id for event, _ in kiosk.outbox.pending(0, 100)]


def test_one_event_that_changed_holds_up_neither_the_others_nor_the_shopper(kiosk: Kiosk) -> None:
    first, _, third = offline(kiosk, 3)
    before = kiosk.outbox.epoch
    damage(kiosk)

    kiosk.app.handle(LinkChanged(online=True))
    kiosk.app.handle(Rang())

    assert kiosk.screen() == StaffCalled()
    assert [event.id for event in kiosk.uplink.sent[:2]] == [first, third]
    assert [event.seq for event in kiosk.uplink.sent] == [1, 2, 3, 4]
    assert {event.epoch for event in kiosk.uplink.sent} == {kiosk.outbox.epoch} != {before}
    report, called = (event.body for event in kiosk.uplink.sent[2:])
    assert isinstance(report, StateChanged)
    assert report.detail.endswith(f"epoch {before}: 2 events saved, lost: 2")
    assert isinstance(called, Called)


def test_what_cannot_be_appended_because_of_damage_is_appended_after_it(kiosk: Kiosk) -> None:
    happens(kiosk, Condition.OUT)
    kiosk.outbox._db.execute("DROP TABLE head")

    kiosk.app.handle(Rang())
    assert kiosk.screen() == StaffCalled()
    bodies = [type(event.body) for event, _ in kiosk.outbox.pending(0, 10)]
    assert bodies == [StateChanged, StateChanged, Called]


def test_a_card_that_goes_on_changing_closes_the_screen(kiosk: Kiosk) -> None:
    for number in range(MENDED_MAX + 1):
        assert kiosk.screen() != OutOfOrder()
        offline(kiosk, 2)
        damage(kiosk)
        kiosk.app.handle(LinkChanged(online=True))
        assert len([*kiosk.outbox._path.parent.glob("*.damaged-*")]) == min(number + 1, MENDED_MAX)

    assert kiosk.screen() == OutOfOrder()
    kiosk.app.handle(Rang(), Tick())
    assert kiosk.uplink.states[-1].devices[Device.OUTBOX] is Condition.OUT
