"""Keeps the kiosk's promise: what a shopper is told is on the disk first, and reaches the gateway.

Owned by the main thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from contract import codec
from contract.events import Body, Condition, Device, Event, StateChanged
from contract.messages import Receipt
from kiosk.adapters.outbox import Outbox
from kiosk.core import delivery
from kiosk.core.delivery import Rift
from kiosk.ports import Time, Uplink
from runtime.clock import Clock
from runtime.durable import DamagedFileError
from runtime.errors import DeviceError

# What the gateway has leaves the disk with the next event; in a shop where none comes for so long,
# by itself. Sooner would be a write more for every event of a shop with few shoppers.
TIDY_AFTER_S = 900.0

# A card that changes what was written does so once in its life; one that goes on is broken, and
# each time leaves a copy of the outbox behind.
MENDED_MAX = 3

ON_RESERVE = "the disk is full, and the kiosk lives on its reserve; free some space"

log = logging.getLogger(__name__)

T = TypeVar("T")


class NotKeptError(DeviceError):
    """The outbox failed, and with it the kiosk's promise: nobody may be told what was just done."""


class Reporter:
    """The one way out for events: outbox first, network second, receipts last."""

    def __init__(self, outbox: Outbox, uplink: Uplink, clock: Clock, time: Time) -> None:
        self._outbox = outbox
        self._uplink = uplink
        self._clock = clock
        self._time = time
        self._delivery = delivery.opened(outbox.epoch, outbox.last, outbox.depth())
        self._unread = 0  # as the last receipt said
        self._is_damaged = False  # and could not be mended yet
        self._mended = 0
        self._is_short = False  # of room on the disk
        self._reported: list[Body] = []
        self._grew_s = clock.monotonic_s()  # when the outbox last took something

    @property
    def depth(self) -> int:
        """How many events wait for the gateway's receipt."""
        return self._delivery.last - self._delivery.receipted

    @property
    def condition(self) -> Condition:
        """How the way to the gateway is, as long as events can be kept."""
        is_in_need = self._is_short or self._delivery.refusals > 0
        return Condition.DEGRADED if is_in_need else Condition.OK

    @property
    def is_heard(self) -> bool:
        """Whether the gateway answers, as far as can be known."""
        return delivery.is_heard(self._delivery, self._clock.monotonic_s())

    def report(self, body: Body) -> None:
        """Make an event of it with the next `keep`; until then nobody may be told."""
        self._reported.append(body)

    def keep(self) -> list[Event]:
        """Make events of what was reported, all or none. They survive a power cut from now on.

        Raises NotKeptError if they could not be kept; then they are as if never reported.
        """
        if not self._reported:
            return []
        bodies, self._reported = self._reported, []
        now = self._time.belief()
        at_ms = round(now.unix_s * 1_000)
        kept = self._kept(lambda: self._outbox.append_all(bodies, at_ms, now.trust))
        events = [event for event, _ in kept]
        for event in events:
            log.info("event %s %s seq %d", event.kind, event.id, event.seq)
        self._grew_s = self._clock.monotonic_s()
        self._delivery = delivery.appended(self._delivery, self._outbox.last, self._grew_s)
        self.send_due()
        return events

    def receipt(self, receipt: Receipt) -> Rift | None:
        """The gateway has committed events; forget them.

        Or it remembers another past than we do: then what is left is numbered anew. Returns why.
        Raises NotKeptError if the outbox cannot do so.
        """
        if receipt.unread > self._unread:  # said once a growth: telling the gateway would not help
            log.error("the gateway cannot read %d events of this kiosk", receipt.unread)
        self._unread = receipt.unread
        rift = self._kept(lambda: self._take(receipt))
        self.send_due()
        return rift

    def _take(self, receipt: Receipt) -> Rift | None:
        before = self._delivery
        chain = self._outbox.chain_at(receipt.upto)
        now_s = self._clock.monotonic_s()
        self._delivery, rift = delivery.receipted(before, receipt, chain, now_s)
        if rift is not None:
            self._outbox.begin_epoch()
            self._begin_anew()
        elif self._delivery.receipted > before.receipted:
            self._outbox.forget(self._delivery.receipted)
        return rift

    def link(self, online: bool) -> None:
        """The network came or went."""
        self._delivery = delivery.linked(self._delivery, online, self._clock.monotonic_s())
        self.send_due()

    def tick(self) -> None:
        """Publish what has become due, and tidy up after a quiet while."""
        self._outbox.restock()
        if self._outbox.is_short is not self._is_short:
            self._is_short = self._outbox.is_short
            self._changed(ON_RESERVE if self._is_short else "")
        self._hear_refusals()
        self.send_due()
        if self._clock.monotonic_s() - self._grew_s >= TIDY_AFTER_S:
            self._kept(self._outbox.wipe)

    def _hear_refusals(self) -> None:
        for refused in self._uplink.refused():
            event = codec.decode_event(refused.envelope)
            if event.epoch != self._outbox.epoch or event.seq <= self._delivery.receipted:
                continue  # numbered anew since, or committed after all
            if refused.is_for_good:
                self._kept(partial(self._outbox.set_aside, event.seq))
                self._begin_anew()
                self._changed(f"the broker never takes event {event.id}: {refused.why}; set aside")
                continue
            if self._delivery.refusals == 0:
                self._changed(f"the broker refuses our events: {refused.why}; check its rules")
            self._delivery = delivery.refused(self._delivery, self._clock.monotonic_s())

    def _changed(self, detail: str) -> None:
        log.log(logging.ERROR if detail else logging.INFO, "outbox: %s", detail or "all is well")
        condition = Condition.DEGRADED if detail else Condition.OK
        self.report(StateChanged(Device.OUTBOX, condition, detail))

    def send_due(self) -> None:
        """Publish what is due; called after everything that may make something due."""
        for envelope in self._kept(self._due):
            self._uplink.publish(envelope)

    def _due(self) -> list[bytes]:
        self._delivery, due = delivery.due(self._delivery, self._clock.monotonic_s())
        events = self._outbox.pending(due.start - 1, len(due)) if due else []
        return [codec.encode_envelope(event, body) for event, body in events]

    def _kept(self, work: Callable[[], T]) -> T:
        """What the outbox does; once more if it found itself damaged, on what is whole of it."""
        try:
            if self._is_damaged:
                self._mend()
            try:
                return work()
            except DamagedFileError as error:
                log.error("%s", error)
                self._is_damaged = True
                self._mend()
                return work()
        except DeviceError as error:
            raise NotKeptError(str(error)) from error

    def _mend(self) -> None:
        if self._mended == MENDED_MAX:
            raise DeviceError("the outbox is damaged again and again; replace the card")
        self._outbox.reopen()
        self._mended += 1
        self._is_damaged = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        outbox = self._outbox
        anew = delivery.opened(outbox.epoch, outbox.last, outbox.depth())
        now_s = self._clock.monotonic_s()
        self._delivery = delivery.linked(anew, self._delivery.online, now_s)
