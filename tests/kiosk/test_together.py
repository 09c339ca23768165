"""What happens at once is written at once; and nobody is told of anything before it is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from contract.events import Arrived, Called, Left
from contract.messages import Receipt, TrustedTag
from kiosk.core.inputs import Advertisement, CodeRead, Heard, Rang, Tick, Told
from kiosk.core.screen import ScreenState
from kiosk.reporter import TIDY_AFTER_S
from tests.fakes import FakeFeed
from tests.kiosk.adapters.outboxes import commits
from tests.kiosk.whole_kiosk import TRUST, UUID, Kiosk

TAGS = tuple(
    TrustedTag(f"t-{minor}", f"ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:1:{minor}")
    for minor in range(1, 11)
)


def heard(kiosk: Kiosk, minor: int) -> Heard:
    """One of ten tags, by a receiver elsewhere in the store, where no screen says hello."""
    data = b"\x02\x15" + UUID + (1).to_bytes(2) + minor.to_bytes(2) + b"\xc5"
    return Heard(Advertisement({0x004C: data}, {}, -58), kiosk.clock.monotonic_s(), "aisle-2")


def test_ten_who_come_or_go_together_are_one_write(kiosk: Kiosk) -> None:
    kiosk.app.handle(Told(replace(TRUST, epoch=2, tags=TAGS)))
    with commits(kiosk.outbox) as count:
        for _ in range(6):
            kiosk.clock.advance(1)
            kiosk.app.handle(*(heard(kiosk, minor) for minor in range(1, 11)))
        assert [type(body) for body in kiosk.sent] == [Arrived] * 10
        assert count() == 1

        kiosk.clock.advance(60)
        kiosk.app.handle(Tick())
        assert [type(body) for body in kiosk.sent[10:]] == [Left] * 10
        assert count() == 2


def test_each_screen_is_shown_after_its_event_is_kept(kiosk: Kiosk) -> None:
    kept_when_shown = list[int]()

    class Watched(FakeFeed):
        def show(self, state: ScreenState) -> None:
            kept_when_shown.append(kiosk.outbox.last)

    kiosk.app.ports = dataclasses.replace(kiosk.app.ports, feed=Watched())
    kiosk.app.handle(Rang(), CodeRead(kiosk.pass_text(), 0))

    assert len(kiosk.sent) == 2
    assert kept_when_shown == [1, 2]


@pytest.mark.parametrize("told", [lambda kiosk: Told(TRUST), lambda kiosk: Tick()])
def test_an_input_that_reports_nothing_writes_nothing(
    kiosk: Kiosk, told: Callable[[Kiosk], Told | Tick]
) -> None:
    with commits(kiosk.outbox) as count:
        kiosk.app.handle(told(kiosk))
    assert count() == 0


def test_after_a_quiet_quarter_of_an_hour_the_confirmed_leave_the_disk(kiosk: Kiosk) -> None:
    kiosk.app.handle(Rang())
    ((event, _),) = kiosk.outbox.pending(0, 10)
    assert isinstance(event.body, Called)
    kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, 1, event.chain)))

    with commits(kiosk.outbox) as count:
        kiosk.clock.advance(TIDY_AFTER_S - 1)
        kiosk.app.handle(Tick())
        assert count() == 0
        kiosk.clock.advance(1)
        kiosk.app.handle(Tick(), Tick())
        assert count() == 1
