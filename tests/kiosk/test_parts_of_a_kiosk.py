"""Stories of what a kiosk is made of: what fails, what is pressed, what is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from contract import codec
from contract.events import (
    Called,
    ClockTrust,
    Condition,
    Device,
    Scanned,
    StateChanged,
    Verdict,
)
from contract.messages import (
    Level,
    Receipt,
)
from kiosk.core.inputs import (
    Approached,
    DeviceChanged,
    LinkChanged,
    Painted,
    Rang,
    Tick,
    Told,
)
from kiosk.core.screen import (
    OutOfOrder,
    ReadBy,
    StaffCalled,
    Waiting,
)
from tests.fakes import FLOOR_S
from tests.kiosk.whole_kiosk import Kiosk


@pytest.mark.parametrize(
    "does",
    [
        pytest.param(lambda kiosk: kiosk.hold_up(kiosk.pass_text()), id="keep"),
        pytest.param(lambda kiosk: kiosk.app.handle(LinkChanged(online=True)), id="send"),
        pytest.param(
            lambda kiosk: kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, 1, codec.GENESIS))),
            id="forget",
        ),
    ],
)
def test_a_kiosk_that_cannot_write_promises_nothing(
    kiosk: Kiosk, does: Callable[[Kiosk], None]
) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    kiosk.app.handle(Rang())
    kiosk.outbox.close()

    does(kiosk)

    assert kiosk.screen() == OutOfOrder()
    kiosk.app.handle(Tick())
    assert kiosk.uplink.states[-1].devices[Device.OUTBOX] is Condition.OUT


def test_a_time_that_cannot_be_kept_is_said_and_closes_nothing(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.time.disk_refuses = True
    kiosk.app.handle(Tick())
    kiosk.time.disk_refuses = False  # and is tried again in ten minutes
    kiosk.app.handle(Tick())

    said = "cannot keep the time in clock-floor"
    degraded = StateChanged(Device.CLOCK, Condition.DEGRADED, said)
    assert kiosk.screen() == Waiting()
    assert kiosk.sent[1:] == [degraded]
    assert kiosk.uplink.states[-1].devices == {
        Device.OUTBOX: Condition.OK,
        Device.CLOCK: Condition.DEGRADED,
    }
    kiosk.time.is_kept = True
    kiosk.wait(1)
    assert kiosk.sent[1:] == [degraded, StateChanged(Device.CLOCK, Condition.OK)]


def test_a_failed_part_is_said_once(kiosk: Kiosk) -> None:
    for _ in range(3):
        kiosk.app.handle(DeviceChanged(Device.CAMERA, Condition.OUT, "no frame for 2 s"))

    assert kiosk.sent == [StateChanged(Device.CAMERA, Condition.OUT, "no frame for 2 s")]


@pytest.mark.parametrize(
    ("camera", "scanner", "reads"),
    [
        pytest.param(None, None, ReadBy.CAMERA, id="nobody has said anything yet"),
        pytest.param(Condition.OK, Condition.OK, ReadBy.CAMERA, id="both"),
        pytest.param(Condition.DEGRADED, None, ReadBy.CAMERA, id="a dark shop"),
        pytest.param(Condition.OUT, Condition.OK, ReadBy.SCANNER, id="only the scanner"),
        pytest.param(Condition.OUT, Condition.DEGRADED, ReadBy.SCANNER, id="one of two scanners"),
        pytest.param(Condition.OUT, Condition.OUT, ReadBy.NOTHING, id="neither"),
        pytest.param(Condition.OUT, None, ReadBy.NOTHING, id="a broken camera, no scanner"),
    ],
)
def test_the_invitation_names_what_can_read(
    kiosk: Kiosk, camera: Condition | None, scanner: Condition | None, reads: ReadBy
) -> None:
    for device, condition in ((Device.CAMERA, camera), (Device.SCANNER, scanner)):
        if condition is not None:
            kiosk.app.handle(DeviceChanged(device, condition))

    assert kiosk.app.state.read_by is reads
    kiosk.app.handle(DeviceChanged(Device.CAMERA, Condition.OK))
    assert kiosk.app.state.read_by is ReadBy.CAMERA


def test_a_kiosk_without_a_camera_reads_by_scanner_or_not_at_all(kiosk: Kiosk) -> None:
    kiosk.app.rules = replace(kiosk.app.rules, has_camera=False)

    seen = []
    for condition in (Condition.OK, Condition.OUT):
        kiosk.app.handle(DeviceChanged(Device.SCANNER, condition))
        seen.append(kiosk.app.state.read_by)

    assert seen == [ReadBy.SCANNER, ReadBy.NOTHING]


def test_the_button_beside_the_screen_calls_staff_as_the_one_on_it_does(kiosk: Kiosk) -> None:
    kiosk.app.handle(Rang())
    kiosk.app.handle(Rang())

    assert [type(body) for body in kiosk.sent] == [Called]
    assert kiosk.screen() == StaffCalled()


def test_an_opened_case_is_reported(kiosk: Kiosk) -> None:
    kiosk.app.handle(DeviceChanged(Device.CASE, Condition.OK))
    kiosk.app.handle(DeviceChanged(Device.CASE, Condition.OUT, "somebody opened the case"))

    assert kiosk.sent[-1] == StateChanged(Device.CASE, Condition.OUT, "somebody opened the case")


def test_somebody_who_comes_wakes_the_screen(kiosk: Kiosk) -> None:
    kiosk.app.state = replace(kiosk.app.state, dimmed=True)

    kiosk.app.handle(Approached())

    assert not kiosk.app.state.dimmed
    assert kiosk.sent == []


def test_the_time_from_frame_to_paint_is_measured_on_the_screen_that_answers(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text(), grabbed_ms=1_000)
    waiting = kiosk.app.state.revision
    kiosk.app.handle(Painted(waiting, 1_050))
    kiosk.told(Level.PERSONAL, name="Ngọc")
    kiosk.app.handle(Painted(kiosk.app.state.revision, 1_120))
    kiosk.wait(20)

    assert kiosk.uplink.states[-1].grabbed_to_painted_p95_ms == 120


def test_a_kiosk_that_does_not_know_the_time_says_so_and_claims_no_other(kiosk: Kiosk) -> None:
    kiosk.wait(1)
    kiosk.time.trust = ClockTrust.FLOOR
    kiosk.hold_up(kiosk.pass_text())
    kiosk.wait(0.5)

    (event,) = kiosk.uplink.sent
    assert (event.clock, event.at_ms) == (ClockTrust.FLOOR, FLOOR_S * 1_000)
    assert isinstance(event.body, Scanned)
    assert event.body.verdict is Verdict.UNVERIFIED
    states = kiosk.uplink.states
    assert [state.clock for state in states[-2:]] == [ClockTrust.TRUSTED, ClockTrust.FLOOR]
    assert states[-1].at_ms == FLOOR_S * 1_000
