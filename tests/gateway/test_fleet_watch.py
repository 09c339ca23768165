from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from contract.messages import KioskState
from contract.vitals import Vitals
from gateway.core.fleet import LASTS_MS, QUIET_MS
from gateway.core.notices import Notice
from gateway.fleet_watch import FleetWatch
from gateway.store import stores
from runtime.errors import UnavailableError
from tests.gateway.shop import NOON_MS, STORE, Shop

HOT, WELL = Vitals(temperature_c=85.0), Vitals(temperature_c=50.0)


@dataclass
class Phone:
    """Somebody who is told."""

    heard: list[str] = field(default_factory=list)
    is_off: bool = False

    def tell(self, notice: Notice) -> None:
        if self.is_off:
            raise UnavailableError("no answer")
        self.heard.append(f"{notice.title.en}: {notice.body.en}")


class Night:
    """A shop at night, with somebody asleep."""

    def __init__(self, folder: Path) -> None:
        self.shop, self.phone, self.now_ms = Shop(folder), Phone(), NOON_MS

    def look(self, vitals: Vitals, later_ms: int = 0) -> list[str]:
        """Time passes, a kiosk says how it is, and somebody looks; returns what is told."""
        self.now_ms += later_ms
        self.phone.heard.clear()
        state = KioskState("quay-1", online=True, vitals=vitals)
        with self.shop.writers.begin() as db:
            stores.keep_state(db, STORE, "quay-1", state, self.now_ms)
            stores.keep_state(db, STORE, "quay-2", KioskState("quay-2", True), self.now_ms)
        # A new one each time, as after a restart: nothing may depend on its memory.
        FleetWatch(self.shop.readers, lambda: self.now_ms, [self.phone]).look()
        return self.phone.heard


def test_an_alarm_is_told_once_with_name_and_remedy_whatever_restarts(tmp_path: Path) -> None:
    night = Night(tmp_path)

    assert night.look(HOT) == []
    (said,) = night.look(HOT, LASTS_MS)
    assert said == "Hiên: Quầy 1 wants a look: It is too hot and slows itself down. Give it air."
    assert night.look(HOT, LASTS_MS) == []
    assert night.look(WELL, LASTS_MS) == []
    assert night.look(HOT, LASTS_MS) == []
    assert night.look(HOT, QUIET_MS), "still so after the quiet period"


def test_what_nobody_took_is_tried_again(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.look(HOT)
    night.phone.is_off = True
    assert night.look(HOT, LASTS_MS) == []

    night.phone.is_off = False
    assert len(night.look(HOT, 60_000)) == 1
