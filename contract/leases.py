"""A lease: so much of an offer as one kiosk may give out without asking, and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from contract.events import VERSION, UnixMs
from contract.identifiers import Epoch, KioskId, StoreId
from contract.messages import Count, Id, Message, ShownOffer


class Lease(Message, frozen=True):
    """What the gateway set aside for a kiosk; nobody else can give it out meanwhile."""

    lease: Id
    offer: Id
    granted: Count
    until_ms: UnixMs  # no more is given out from then on, by a clock that can be believed
    renew_ms: UnixMs | None = None  # from then on a kiosk with network hands it back for a new one


class OwnOffer(Message, frozen=True):
    """An offer for everybody that a kiosk may show without the gateway, and its lease if capped."""

    content: ShownOffer
    from_ms: UnixMs
    until_ms: UnixMs
    lease: Lease | None = None


class Allowance(Message, frozen=True):
    """All that one kiosk may give out by itself. Sealed; the newest one says all."""

    store: StoreId
    kiosk: KioskId
    purse: Epoch  # the memory its leases are for; a kiosk that lost that must not spend them
    offers: Annotated[tuple[OwnOffer, ...], Meta(max_length=12)] = ()
    v: int = VERSION


@dataclass(frozen=True, slots=True)
class Purse:
    """A lease in the kiosk's hands. It must be on disk before the shopper is told anything."""

    lease: Lease
    spent: int = 0
    is_closed: bool = False

    @property
    def report(self) -> Report:
        """What to tell the gateway: as often as one likes, in whatever order it arrives."""
        return Report(self.lease.lease, self.spent, self.is_closed)


@dataclass(frozen=True, slots=True)
class Report:
    """How much of a lease was given out in all; a closed one is never given out of again."""

    lease: str
    spent: int
    is_closed: bool


def spend(purse: Purse, now_ms: int | None) -> Purse | None:
    """Give out one more; None if the lease has none left or is over. `now_ms` None: no clock."""
    is_over = now_ms is None or now_ms >= purse.lease.until_ms
    if purse.is_closed or is_over or purse.spent >= purse.lease.granted:
        return None
    return replace(purse, spent=purse.spent + 1)


def close(purse: Purse) -> Purse:
    """Give up what is left; the gateway may set it aside for another once it hears of it."""
    return replace(purse, is_closed=True)
