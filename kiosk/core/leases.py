"""What this kiosk may give out while the gateway is silent, and how much of it is left.

It gives out nothing that is not leased to this very memory, and forgets no lease that could come
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contract.leases import Allowance, Lease, OwnOffer, Purse, close, spend
from contract.messages import ShownOffer

# What is on the screen can still be had when it is touched: a shopper has 65 s at most before the
# screen wipes itself, 140 s as an owner may set it.
PROMISED_MS = 180_000
# So long after its end a lease is remembered: nobody who replays it finds it unspent, and by then
# a clock would have to be wrong by a week to believe it.
REMEMBERED_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Purses:
    """All that is remembered; must be on disk before a shopper is told of it."""

    purse: str  # the name of this memory
    is_told: bool = False  # that it was opened
    held: Mapping[str, Purse] = field(default_factory=dict)  # by lease
    reported: frozenset[str] = frozenset()  # leases whose return is in the outbox
    offers: tuple[OwnOffer, ...] = ()


def learn(was: Purses, said: Allowance) -> Purses:
    """The gateway's newest word. Leases that are known keep what was spent of them."""
    if said.purse != was.purse:
        return was  # for the memory that was lost, or an older one
    leases = [one.lease for one in said.offers if one.lease is not None]
    new = {one.lease: Purse(one) for one in leases if one.lease not in was.held}
    if not new and said.offers == was.offers:
        return was
    return replace(was, held={**was.held, **new}, offers=said.offers)


def on_offer(purses: Purses, now_ms: int | None) -> tuple[ShownOffer, ...]:
    """What may be shown: in time for long enough, and there is one left. No clock: nothing."""
    if now_ms is None:
        return ()
    return tuple(
        one.content
        for one in purses.offers
        if one.from_ms <= now_ms and now_ms + PROMISED_MS < one.until_ms
        if one.lease is None or _one_less(purses, one.lease, now_ms + PROMISED_MS) is not None
    )


def exhausted(purses: Purses, now_ms: int | None) -> tuple[ShownOffer, ...]:
    """The offers that still run, and of which this kiosk has given out all it was lent."""
    if now_ms is None:
        return ()
    running = [one for one in purses.offers if one.from_ms <= now_ms < one.until_ms]
    held = [(one.content, purses.held.get(one.lease.lease)) for one in running if one.lease]
    return tuple(
        content
        for content, purse in held
        if purse is not None and purse.spent >= purse.lease.granted
    )


def give(purses: Purses, offer: str, now_ms: int | None) -> tuple[Purses, Purse | None]:
    """Give one out; the purse it came from, None if it needs none.

    Raises LookupError if there is none to give.
    """
    for one in purses.offers:
        if one.content.id != offer or now_ms is None or not one.from_ms <= now_ms < one.until_ms:
            continue
        if one.lease is None:
            return purses, None
        spent = _one_less(purses, one.lease, now_ms)
        if spent is not None:
            return replace(purses, held={**purses.held, one.lease.lease: spent}), spent
    raise LookupError(offer)


def closing(purses: Purses, now_ms: int | None, *, is_online: bool) -> Purses:
    """Close what is over or used up, and with network also what can be had anew."""
    closed = {
        name: close(one)
        for name, one in purses.held.items()
        if not one.is_closed and _is_done(one, now_ms, is_online=is_online)
    }
    return replace(purses, held={**purses.held, **closed}) if closed else purses


def unreported(purses: Purses) -> list[Purse]:
    """What was closed and the gateway does not know of yet."""
    held = purses.held.items()
    return [one for name, one in held if one.is_closed and name not in purses.reported]


def told(purses: Purses, leases: frozenset[str]) -> Purses:
    """The return of some leases is in the outbox."""
    return replace(purses, reported=purses.reported | leases)


def forgetting(purses: Purses, now_ms: int | None) -> Purses:
    """Without what nobody could make us believe any more."""
    if now_ms is None:
        return purses
    old = {
        name
        for name in purses.reported
        if name not in purses.held or purses.held[name].lease.until_ms + REMEMBERED_MS <= now_ms
    }
    if not old:
        return purses
    held = {name: one for name, one in purses.held.items() if name not in old}
    return replace(purses, held=held, reported=purses.reported - old)


def _one_less(purses: Purses, lease: Lease, now_ms: int) -> Purse | None:
    held = purses.held.get(lease.lease)
    return None if held is None else spend(held, now_ms)


def _is_done(purse: Purse, now_ms: int | None, *, is_online: bool) -> bool:
    lease = purse.lease
    if purse.spent >= lease.granted:
        return True
    if now_ms is None:
        return False
    can_renew = is_online and lease.renew_ms is not None and now_ms >= lease.renew_ms
    return can_renew or now_ms >= lease.until_ms
