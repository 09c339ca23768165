"""Two hundred people come in while three of ten words are lost, on the air and on the network."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import pi
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from contract import codec
from contract.messages import KioskState, Trust, TrustedTag
from gateway.store.events import EventRow, Received
from gateway.store.profiles import ConsentRow, ProfileRow, TagRow
from gateway.store.visits import VisitRow
from kiosk.adapters.outbox import Outbox
from kiosk.adapters.purse_file import PurseFile
from kiosk.app import KioskApp
from kiosk.core.advertisement import from_ad_structures
from kiosk.core.codes import CodeRules
from kiosk.core.inputs import Heard, LinkChanged, Tick, Told
from kiosk.core.presence import PresenceRules
from kiosk.core.screen_rules import ScreenRules
from kiosk.health import Health, Nameplate
from kiosk.lending import Lending
from kiosk.parts import Ports, Rules
from kiosk.ports import Refused
from kiosk.reporter import Reporter
from runtime.clock import unix_ms
from simulator.floor import Spot
from simulator.radio_waves import LOST_SHARE, POWER_AT_1M_DBM, Receiver, Shadow
from simulator.tags import SHOP_UUID, Tag, ibeacon, strangers_tag
from tests.fakes import NOON, FakeClock, FakeFeed, FakePanel, FakeTime
from tests.gateway.shop import STORE, STORE_NO, Shop

ENTRIES = 200
LOST = 0.3
EVERY_S = 6.0  # one comes in every six seconds: about nine are inside at any time
WALK_S, LOOK_S = 12.0, (25.0, 45.0)
FAR_M, NEAR_M = 14.0, 0.8
TICK_S = 0.5
ANSWERS_EVERY_S = 6.0  # slower than a real gateway, so that the test is quick
HERE = Spot(0.0, 0.0)


class LossyWay:
    """An uplink and a gateway behind it; three of ten events, and of receipts, never arrive."""

    def __init__(self, shop: Shop, rng: Random) -> None:
        self._shop, self._rng = shop, rng
        self._arrived: list[Received] = []
        self.lost = 0

    def publish(self, envelope: bytes) -> None:
        if not self._is_lost():
            self._arrived.append(Received(*codec.decode_event_with_body(envelope)))

    def answers(self) -> list[Told]:
        """What the gateway says to what has arrived since."""
        batch, self._arrived = self._arrived, []
        receipts = self._shop.handle(*batch).receipts if batch else []
        return [Told(receipt) for _, receipt in receipts if not self._is_lost()]

    def refused(self) -> list[Refused]:
        """It never says no."""
        return []

    def publish_state(self, state: KioskState) -> None:
        """Nobody asks."""

    def _is_lost(self) -> bool:
        is_lost = self._rng.random() < LOST
        self.lost += is_lost
        return is_lost


class Walker:
    """Comes in, looks at the kiosk's screen, goes out again."""

    def __init__(self, tag: Tag, enters_s: float, rng: Random) -> None:
        self.tag, self.enters_s = tag, enters_s
        self.looks_s = rng.uniform(*LOOK_S)
        self._sends_at_s = enters_s + rng.random()

    def spot(self, t_s: float) -> Spot | None:
        """Where they are; None before and after."""
        inside_s = t_s - self.enters_s
        left_s = 2 * WALK_S + self.looks_s - inside_s
        way = min(inside_s, left_s) / WALK_S
        return Spot(FAR_M - min(way, 1.0) * (FAR_M - NEAR_M), 0.0) if way >= 0 else None

    def sends(self, t_s: float) -> bool:
        """Once a second."""
        if t_s < self._sends_at_s:
            return False
        self._sends_at_s += 1.0
        return True


def members(shop: Shop) -> list[Tag]:
    """So many members, each with a tag and the consent to be noticed."""
    tags = [ibeacon(SHOP_UUID, 1, number) for number in range(ENTRIES)]
    with shop.writers.begin() as db:
        for number, tag in enumerate(tags):
            member = f"{number:012x}"
            words = {"phone": "", "tier": "member", "interests": "", "points": 0}
            db.add(ProfileRow(member=member, name=f"Khách {number}", **words))
            db.flush()
            db.add(TagRow(tag=f"t-{number}", identity=tag.identity, member=member))
            agreed = {"granted_at_ms": 0, "text_version": 1, "evidence": "test"}
            db.add(ConsentRow(member=member, purpose="presence", **agreed))
    return tags


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.engine.dispose()


def test_two_hundred_entries_with_thirty_percent_loss_open_two_hundred_visits(
    shop: Shop, tmp_path: Path
) -> None:
    rng = Random(30)
    tags, clock, way = members(shop), FakeClock(), LossyWay(shop, rng)
    outbox, time = Outbox(tmp_path / "outbox.db", STORE, "quay-1"), FakeTime(clock)
    sessions = (f"{number:016x}" for number in count(1))
    app = KioskApp(
        Rules(
            "quay-1",
            PresenceRules(power_at_1m_dbm=POWER_AT_1M_DBM),
            CodeRules(STORE_NO),
            ScreenRules(),
        ),
        Ports(
            Reporter(outbox, way, clock, time),
            FakeFeed(),
            FakePanel(),
            clock,
            time,
            lambda: next(sessions),
            Lending(PurseFile(tmp_path / "leases.json"), time),
        ),
        Health(Nameplate("quay-1", "0.1.0"), way, clock, time),
    )
    trusted = tuple(TrustedTag(f"t-{n}", tag.identity) for n, tag in enumerate(tags))
    app.handle(Told(Trust(STORE, 1, unix_ms(NOON) + 86_400_000, trusted)))
    app.handle(LinkChanged(online=True))

    walkers = [Walker(tag, number * EVERY_S, rng) for number, tag in enumerate(tags)]
    walkers += [Walker(strangers_tag(rng), rng.uniform(0, 1_200), rng) for _ in range(50)]
    antenna = Receiver(HERE, Shadow(Random(4)), rng)
    on_air = lost = 0
    until_s = ENTRIES * EVERY_S + 2 * WALK_S + LOOK_S[1] + 150
    for step in range(int(until_s / TICK_S)):
        clock.advance(TICK_S)
        t_s = step * TICK_S
        for walker in walkers:
            spot = walker.spot(t_s)
            if spot is None or not walker.sends(t_s):
                continue
            on_air += 1
            is_outward = t_s - walker.enters_s > WALK_S + walker.looks_s
            rssi_dbm = antenna.hear(walker.tag.identity, spot, 0.0 if is_outward else pi)
            if rssi_dbm is None or rng.random() < 1 - (1 - LOST) / (1 - LOST_SHARE):
                lost += 1
                continue
            heard = from_ad_structures(walker.tag.payload, rssi_dbm)
            assert heard is not None
            app.handle(Heard(heard, clock.monotonic_s()))
        app.handle(Tick())
        if t_s % ANSWERS_EVERY_S == 0:
            for told in way.answers():
                app.handle(told)
    depth = app.ports.reporter.depth
    outbox.close()

    assert 0.28 < lost / on_air < 0.33
    assert way.lost > 100
    with shop.read() as db:
        visits = db.scalars(select(VisitRow)).all()
        events = list(db.scalars(select(EventRow.seq).order_by(EventRow.seq)))
    assert len(visits) == ENTRIES
    assert {visit.member for visit in visits} == {f"{n:012x}" for n in range(ENTRIES)}
    assert events == list(range(1, len(events) + 1))
    assert depth == 0
