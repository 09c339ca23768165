"""What a kiosk does with events that a broker refuses: it waits, or sets one aside, and says it."""

from __future__ import annotations

from contract import codec
from contract.events import Called, Condition, Device, Event, StateChanged
from contract.messages import Receipt
from kiosk.core.inputs import DeviceChanged, LinkChanged, Rang, Tick, Told
from kiosk.ports import Refused
from tests.kiosk.whole_kiosk import Kiosk


def envelope(event: Event) -> bytes:
    return codec.encode_envelope(event, codec.encode_body(event.body))


def refuse(kiosk: Kiosk, why: str, *, is_for_good: bool = False) -> None:
    """Of all that was sent last, each."""
    sent, kiosk.uplink.sent = kiosk.uplink.sent, []
    kiosk.uplink.refusals = [Refused(envelope(event), why, is_for_good) for event in sent]


def happens(kiosk: Kiosk, device: Device) -> None:
    kiosk.app.handle(DeviceChanged(device, Condition.OUT, ""))


def test_a_refusal_is_said_once_and_ends_with_a_receipt(kiosk: Kiosk) -> None:
    happens(kiosk, Device.CAMERA)
    happens(kiosk, Device.RADIO)
    refuse(kiosk, "Not authorized")
    kiosk.app.handle(Tick())
    kiosk.wait(2)
    assert kiosk.uplink.sent == []

    for _ in range(2):
        kiosk.wait(20)
        refuse(kiosk, "Not authorized")
    said = [event.body for event, _ in kiosk.outbox.pending(2, 10)]
    text = "the broker refuses our events: Not authorized; check its rules"
    assert said == [StateChanged(Device.OUTBOX, Condition.DEGRADED, text)]
    assert kiosk.uplink.states[-1].devices[Device.OUTBOX] is Condition.DEGRADED

    kiosk.wait(60)
    ((first, _),) = kiosk.outbox.pending(0, 1)
    kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, 1, first.chain)))
    kiosk.app.handle(Rang(), Tick())
    kiosk.wait(16)
    assert [event.seq for event in kiosk.uplink.sent][-3:] == [2, 3, 4]
    assert kiosk.uplink.states[-1].devices[Device.OUTBOX] is Condition.OK


def test_an_event_that_is_never_taken_is_set_aside_and_holds_up_nothing(kiosk: Kiosk) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    happens(kiosk, Device.CAMERA)
    kiosk.app.handle(Rang())
    happens(kiosk, Device.RADIO)
    before = kiosk.outbox.epoch
    kiosk.app.handle(LinkChanged(online=True))
    camera, called, radio = kiosk.uplink.sent
    refusal = Refused(envelope(called), "Packet too large", is_for_good=True)
    kiosk.uplink.sent, kiosk.uplink.refusals = [], [refusal, refusal]

    kiosk.app.handle(Tick())
    kiosk.wait(1)

    assert kiosk.outbox.epoch != before
    assert [event.id for event in kiosk.uplink.sent[:2]] == [camera.id, radio.id]
    assert [event.seq for event in kiosk.uplink.sent] == [1, 2, 3]
    told = f"the broker never takes event {called.id}: Packet too large; set aside"
    assert kiosk.uplink.sent[-1].body == StateChanged(Device.OUTBOX, Condition.DEGRADED, told)
    kept = kiosk.outbox._db.execute("SELECT seq, id, body FROM refused").fetchall()
    assert kept == [(2, called.id, codec.encode_body(called.body))]
    assert isinstance(called.body, Called)


def test_a_refusal_of_what_was_committed_or_numbered_anew_means_nothing(kiosk: Kiosk) -> None:
    happens(kiosk, Device.CAMERA)
    happens(kiosk, Device.RADIO)
    first, second = kiosk.uplink.sent
    kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, 1, first.chain)))
    kiosk.uplink.refusals = [Refused(envelope(first), "Quota exceeded", is_for_good=False)]
    kiosk.app.handle(Tick())
    kiosk.outbox.begin_epoch()
    kiosk.uplink.refusals = [Refused(envelope(second), "Quota exceeded", is_for_good=True)]
    kiosk.app.handle(Tick())

    assert [type(event.body) for event, _ in kiosk.outbox.pending(0, 10)] == [StateChanged]
