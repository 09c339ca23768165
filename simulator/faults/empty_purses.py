"""A shop cut off from its gateway gives out what its kiosks were lent, and not one more.

Real kiosks, broker and intake; a till beside them redeems in the gateway's database.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from msgspec import json
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from gateway import redemptions
from gateway.core.offers.reasons import Reason
from gateway.core.redemption import State, Step
from gateway.redemptions import Wish
from gateway.store import base, offers
from gateway.store.redemptions import RedemptionRow
from gateway.store.vouchers import VoucherRow
from kiosk.core.inputs import Button
from kiosk.core.leases import Purses
from runtime.errors import UnavailableError
from simulator import busy_hour, ports
from simulator.codes import Code
from simulator.errand import Seen
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.opening import BROKER, INTAKE, Opening, OpenShop, open_shop
from simulator.people import guest
from simulator.premises import GATEWAY, KIOSK_NAMES, SERVERS, Premises
from simulator.processes import Job, hien
from simulator.shop import STORE, Member, make_shop

OPENS = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # ten in the morning in Huế
OFFER = "mot-ly-cho-moi-nguoi"
STILL_FPS = 1.0
LENT_WITHIN_S = 120.0  # shop time; the gateway lends every ten seconds
ANSWERED_WITHIN_S = 20.0  # shop time; the gateway is given up after three seconds
CATCHES_UP_S = 5.0  # real time: a busy machine's browser
ENDS = ("rain_check", "recorded")
AFTERWARDS = 5  # who comes to the till when all must be gone


@dataclass
class Book:
    """What people were told, while there was no gateway."""

    given: int = 0
    sent_away: int = 0
    puzzled: list[str] = field(default_factory=list)  # screens that said neither


@dataclass
class Island:
    """The shop, of which time passes only here."""

    opened: OpenShop
    book: Book = field(default_factory=Book)
    is_cut_off: bool = False

    def pass_until(self, is_so: Callable[[], bool], at_most_s: float) -> bool:
        """Let shop time pass; who was killed on purpose stays dead."""
        world = self.opened.stage.world
        until_s = world.now_s + at_most_s
        while not is_so() and world.now_s < until_s:
            if not self.is_cut_off:
                self.opened.processes.tend()
            self.opened.stage.step(busy_hour.pace(self.opened))
        return is_so()

    def shows(self, kiosk: str, is_so: Callable[[Seen], bool]) -> bool:
        """Wait until a kiosk's screen is so."""
        browser = self.opened.browsers[kiosk]
        self.pass_until(lambda: is_so(browser.seen), ANSWERED_WITHIN_S)
        return browser.wait_for(is_so, CATCHES_UP_S)

    def visits(self, kiosk: str, member: Member) -> None:
        """Somebody holds up their pass, and touches the offer if the kiosk has it for them."""
        stage, browser = self.opened.stage, self.opened.browsers[kiosk]
        ends = ("offers", "rain_check", "recorded")
        stage.raise_phone(
            kiosk, guest(f"dem-{member.member}", member, stage.world.now_s), Code.PASS
        )
        self.shows(kiosk, lambda seen: seen.screen in ends)
        stage.lower_phone(kiosk)
        if OFFER in browser.seen.offers:
            browser.press(Button.OFFER, browser.seen.revision, OFFER)
            self.shows(
                kiosk, lambda seen: seen.screen in ("offer_detail", "rain_check", "recorded")
            )
        match browser.seen.screen:
            case "offer_detail":
                self.book.given += 1
            case "rain_check":
                self.book.sent_away += 1
            case screen:
                self.book.puzzled.append(f"a screen says {screen} ({browser.seen.title})")
        browser.press(Button.END, browser.seen.revision)
        self.shows(kiosk, lambda seen: seen.screen == "attract")


def run_island(run: Run) -> Tally:
    """Lend, cut off, give out, come back, redeem the rest at a till, and count."""
    numbers = dict(zip(SERVERS, ports.free(len(SERVERS)), strict=True))
    premises, everything = Premises(run.folder / "shop", numbers), make_shop(OPENS.date())
    # Without other offers for everybody: who finds these empty would see those instead.
    shop = replace(everything, offers=tuple(one for one in everything.offers if one.personal))
    opening = Opening(OPENS.timestamp(), run.seed, STILL_FPS, is_headless=True, restart_s=0.3)
    with open_shop(premises, shop, opening) as opened:
        island = Island(opened)
        _publish(island, run.folder / "offer", run.dose)
        lent = _lent(island)
        for name in (BROKER, INTAKE):
            opened.processes.kill(name)
        island.is_cut_off = True
        members = [one for one in shop.members if one.has_pass]
        for number, (kiosk, member) in enumerate(zip(cycle(KIOSK_NAMES), members, strict=False)):
            if number == lent + 2 * len(KIOSK_NAMES):  # each kiosk is asked until it is empty
                break
            island.visits(kiosk, member)
            run.progress(number, 2 * run.dose)
        island.is_cut_off = False
        missing = busy_hour.drain(opened)
        with closing(_Till(premises.database, opened)) as till:
            sold, promised = till.sells_all(run.dose), till.codes_kept()
            stored = till.confirmed()
    book = island.book
    told = book.given + sold
    broken = [*book.puzzled]
    if stored > run.dose:
        broken.append(f"{stored} were given out of {run.dose}")
    if book.given != lent:
        broken.append(f"{book.given} were given out offline of {lent} that were lent")
    if promised != book.sent_away:
        broken.append(f"the till knows {promised} codes of {book.sent_away}")
    return Tally(
        attempted=book.given + book.sent_away + sold,
        acknowledged=told,
        stored=stored,
        lost=missing + max(0, told - stored),
        invented=max(0, stored - told),
        figures={"cap": run.dose, "lent": lent, "sent_away": book.sent_away, "sold": sold},
        broken=tuple(broken),
    )


def _publish(island: Island, folder: Path, cap: int) -> None:
    """One offer for everybody with a cap, brought in as an owner does."""
    premises = island.opened.premises
    with (premises.seeds / "offers.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    row |= {"offer": OFFER, "priority": "99", "interest": "", "tier": "member", "personal": "0"}
    row["terms"] = f'{{"caps": {{"total": {cap}}}}}'
    folder.mkdir()
    with (folder / "offers.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, row)
        table.writeheader()
        table.writerow(row)
    settings = str(premises.settings(GATEWAY))
    command = hien("gateway", "import", "--settings", settings, str(folder))
    island.opened.processes.run(
        Job("publish", command), lambda: island.opened.stage.step(busy_hour.pace(island.opened))
    )


def _lent(island: Island) -> int:
    """How many all kiosks may give out alone, once each of them knows its part."""
    files = [island.opened.premises.outbox(kiosk).parent / "leases.json" for kiosk in KIOSK_NAMES]

    def parts() -> list[int]:
        return [_granted(file) for file in files]

    if not island.pass_until(lambda: all(parts()), LENT_WITHIN_S):
        raise UnavailableError(f"kiosks were lent {parts()} within {LENT_WITHIN_S:.0f} s")
    return sum(parts())


def _granted(file: Path) -> int:
    try:
        held = json.decode(file.read_bytes(), type=Purses).held.values()
    except FileNotFoundError:
        return 0
    return sum(one.lease.granted for one in held if one.lease.offer == OFFER)


class _Till:
    """A till with the gateway's database, at the shop's time."""

    def __init__(self, database: Path, opened: OpenShop) -> None:
        self._engine = base.connect(f"sqlite:///{database.resolve()}")
        self._sessions: sessionmaker[Session] = base.writers(self._engine)
        self._opened = opened
        self._sold = 0

    def codes_kept(self) -> int:
        """How many codes kiosks gave out instead."""
        return len(self._codes())

    def sells_all(self, cap: int) -> int:
        """First who has a code, then whoever comes, till nobody gets one any more."""
        codes = (Wish(STORE, "staff", "", code=one) for one in self._codes())
        anybody = (Wish(STORE, "staff", "", offer=OFFER) for _ in range(cap + AFTERWARDS))
        return sum(self._sells(number, wish) for number, wish in enumerate((*codes, *anybody)))

    def confirmed(self) -> int:
        """How many of the offer the gateway has as given out."""
        row = RedemptionRow
        query = select(func.count()).where(row.offer == OFFER, row.state == State.CONFIRMED)
        with self._sessions() as db:
            return db.scalar(query) or 0

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _sells(self, number: int, wish: Wish) -> bool:
        now_ms = int((OPENS.timestamp() + self._opened.stage.world.now_s) * 1000)
        asked = replace(wish, idem_key=f"rehearsed-{number}")
        with self._sessions.begin() as db:
            answer = redemptions.reserve(db, offers.rules(db), asked, now_ms)
            if answer.reason is not Reason.GRANTED or answer.redemption is None:
                return False
            redemptions.step(db, answer.redemption, Step.CONFIRM, now_ms, f"sale-{number}")
        return True

    def _codes(self) -> list[str]:
        with self._sessions() as db:
            return list(db.scalars(select(VoucherRow.code).filter_by(offer=OFFER)))


SCENARIOS = (
    Scenario(
        name="lease-offline",
        what="Broker and intake die; kiosks give out of their leases till these are empty, and a"
        " till sells the rest afterwards.",
        bar="No more than the cap in all; each that was promised is written down; who came too"
        " late has a code that the till knows.",
        unit="of a cap",
        full=24,
        short=12,
        run=run_island,
    ),
)
