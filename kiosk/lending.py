"""Gives out offers while the gateway is silent, out of leases: first on the disk, then said.

Owned by the main thread.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace

from contract.drawn_codes import draw, written
from contract.events import Body, Given, LeaseReturned, Promised, PurseOpened
from contract.leases import Allowance
from contract.messages import Level, Show, ShownOffer
from kiosk.adapters.purse_file import PurseFile
from kiosk.core import leases, screen
from kiosk.core.leases import Purses
from kiosk.core.screen import OfferDetail, RainCheck, Recorded, ScreenState
from kiosk.ports import Time
from runtime.errors import DeviceError

log = logging.getLogger(__name__)

Report = Callable[[Body], None]
"""Into the outbox; raises if it cannot be kept."""

NO_EVENT = "0" * 32  # what the kiosk's own page is an answer to


class Lending:
    """What this kiosk may give out by itself, and what it gave out in the present session."""

    def __init__(
        self, file: PurseFile, time: Time, below: Callable[[int], int] = secrets.randbelow
    ) -> None:
        self._file = file
        self._below = below  # draws a number under another, that nobody foresees
        self._time = time
        self._purses = file.load()
        self._is_kept = True  # by the disk, the last time
        self._page: Show | None = None  # ours, while it may stand on the screen
        self._given: set[str] = set()  # offers, in the session of that page

    def learn(self, said: Allowance) -> None:
        """The gateway's newest word; what cannot be kept is not believed."""
        self._keep(leases.learn(self._purses, said))

    def instead(
        self, was: ScreenState, after: ScreenState, report: Report, now_s: float
    ) -> ScreenState:
        """Where the screen gave up waiting for the gateway: our own offers, if we have any."""
        if not isinstance(after.screen, Recorded) or isinstance(was.screen, Recorded):
            return after
        offers = leases.on_offer(self._purses, self._now_ms())
        if not offers:
            gone = leases.exhausted(self._purses, self._now_ms())
            return self._promised(after, gone[0], report, now_s) if gone else after
        self._page = Show(after.session, NO_EVENT, Level.PERSONAL, offers=offers)
        self._given = set()
        return screen.show(after, self._page, now_s)

    def opened(self, after: ScreenState, report: Report, now_s: float) -> ScreenState:
        """What a shopper opens on our own page is given out, once a session."""
        opened = after.screen
        if not isinstance(opened, OfferDetail) or opened.shown is not self._page:
            return after
        offer = opened.offer.id
        if offer in self._given:
            return after
        try:
            spent, purse = leases.give(self._purses, offer, self._now_ms())
        except LookupError:
            is_gone = opened.offer in leases.exhausted(self._purses, self._now_ms())
            if is_gone:
                return self._promised(after, opened.offer, report, now_s)
            return screen.give_up(after, now_s)
        if not self._keep(spent):
            return screen.give_up(after, now_s)
        if purse is not None:
            report(Given(after.session, offer, purse.lease.lease, purse.spent))
        self._given.add(offer)
        return after

    def _promised(
        self, after: ScreenState, offer: ShownOffer, report: Report, now_s: float
    ) -> ScreenState:
        """None is left to us: a code by which the shopper has one later, if there is one then."""
        code = draw(self._below)
        report(Promised(after.session, offer.id, code))
        return screen.promise(after, RainCheck(offer, written(code)), now_s)

    def tell(self, report: Report, *, is_online: bool) -> None:
        """Tell the gateway that this memory is new, and what it may give to others again.

        Each is on the disk before; what is told twice after a power cut changes nothing there.
        """
        now_ms = self._now_ms()
        closed = leases.closing(self._purses, now_ms, is_online=is_online)
        if not self._keep(leases.forgetting(closed, now_ms)):
            return
        if not self._purses.is_told and self._save(self._purses):
            report(PurseOpened(self._purses.purse))
            self._note(replace(self._purses, is_told=True))
        back = leases.unreported(self._purses)
        for one in back:
            report(LeaseReturned(one.lease.lease, one.spent))
        if back:
            names = frozenset(one.lease.lease for one in back)
            self._note(leases.told(self._purses, names))

    def _keep(self, purses: Purses) -> bool:
        """Remember it if the disk does; else nothing has happened."""
        if purses is self._purses:
            return True
        if not self._save(purses):
            return False
        self._purses = purses
        return True

    def _note(self, purses: Purses) -> None:
        """Remember what was told. If only the disk forgets it, it is told again."""
        self._purses = purses
        self._save(purses)

    def _save(self, purses: Purses) -> bool:
        try:
            self._file.save(purses)
        except DeviceError as error:
            if self._is_kept:  # once: it is tried again several times a second
                log.error("%s", error)
            self._is_kept = False
            return False
        self._is_kept = True
        return True

    def _now_ms(self) -> int | None:
        """The latest that it may be: a lease ends rather too early. None: nobody knows."""
        now = self._time.belief()
        return round((now.unix_s + now.error_s) * 1_000) if now.is_known else None
