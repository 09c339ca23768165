"""What kiosks may give out without us: sets parts of caps aside, and takes kiosks' word for them.

It commits nothing. A lease is told only after it is committed; one that never arrives is told
again, for it is the same lease.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from contract.events import Body, Given, LeaseReturned, Promised, PurseOpened
from contract.leases import Allowance, OwnOffer, Report
from contract.topics import KioskAddress
from gateway.core import lending as core
from gateway.core.leases import Pool, Request, grant
from gateway.core.offers.rules import Rule, RuleSet, cost_vnd
from gateway.core.vouchers import Voucher, VoucherKind
from gateway.situations import local
from gateway.store import leases, redemptions, vouchers
from gateway.store.leases import LeaseRow
from gateway.store.offers import OfferRow
from gateway.store.redemptions import Holder

PROMISED_DAYS = 7  # who was sent away with a code comes again within a week
AT_ONCE = 50  # leases of one look: a quarter of a second, in which nobody else writes (measured)

Wanted = list[tuple[KioskAddress, Rule]]


def heard(db: Session, at: KioskAddress, body: Body, at_ms: int) -> None:
    """A kiosk says that its memory is new, that it gave one out, or that it returns the rest."""
    match body:
        case PurseOpened(purse):
            leases.open_purse(db, at, purse)
        case Given(_, _, lease, spent):
            row = leases.report(db, at, Report(lease, spent, is_closed=False))
            if row is not None and row.spent == spent:
                leases.given(db, row, None, at_ms)
        case LeaseReturned(lease, spent):
            leases.report(db, at, Report(lease, spent, is_closed=True))
        case Promised(_, offer, code):
            _promise(db, at, offer, code, local(at_ms).date())


def _promise(db: Session, at: KioskAddress, offer: str, code: str, day: date) -> None:
    """A code that a kiosk gave out where its lease was used up: caps still hold at the till."""
    if db.get(OfferRow, offer) is None or vouchers.get(db, code) is not None:
        return
    ends_on = day + timedelta(days=PROMISED_DAYS)
    kept = Voucher(code, offer, VoucherKind.POOL, None, at.store, day, ends_on)
    vouchers.add(db, [kept])


def wanted(db: Session, rules: RuleSet, now_ms: int) -> Wanted:
    """Which kiosk lacks a lease of which offer. It only looks."""
    purses = leases.purses(db)
    held = {(row.store, row.kiosk, row.purse, row.offer) for row in leases.open_leases(db)}
    today = local(now_ms).date()
    capped = [
        rule
        for rule in _lendable(rules)
        if core.is_capped(rule.offer) and rule.offer.starts_on <= today <= rule.offer.ends_on
    ]
    return [
        (at, rule)
        for at, purse in purses.items()
        for rule in capped
        if core.is_in(rule, at.store)
        and (at.store, at.kiosk, purse, rule.offer.content.id) not in held
    ]


def lend(db: Session, rules: RuleSet, now_ms: int) -> None:
    """Give kiosks that lack a lease their share of what is free; the rest with the next call."""
    lacking = wanted(db, rules, now_ms)
    purses = leases.purses(db)
    for at, rule in sorted(lacking[:AT_ONCE], key=lambda one: one[1].offer.content.id):
        offer, day = rule.offer.content.id, local(now_ms).date().isoformat()
        redemptions.lapse(db, now_ms, [offer])
        here = Holder(at.store, day, None, None)
        if not core.free(rule.offer, redemptions.used(db, [offer], here, now_ms)[offer]):
            continue  # nothing is written while there is nothing to lend
        redemptions.take_turns(db, offer)
        left = core.free(rule.offer, redemptions.used(db, [offer], here, now_ms)[offer])
        ends_ms = core.until_ms(rule.offer, local(now_ms))
        wish = Request(uuid4().hex, at.kiosk, offer, core.share(left, len(purses)), ends_ms)
        _, lease = grant(Pool(left), wish)
        if lease is None or leases.is_held(db, at, purses[at], offer):
            continue
        row = LeaseRow(
            lease=lease.lease,
            store=at.store,
            kiosk=at.kiosk,
            purse=purses[at],
            offer=offer,
            day=day,
            granted=lease.granted,
            unit_vnd=cost_vnd(rule.offer, {}),
            at_ms=now_ms,
            until_ms=ends_ms,
            renew_ms=core.renew_ms(ends_ms, now_ms),
        )
        leases.add(db, row)


def allowances(db: Session, rules: RuleSet, now_ms: int) -> dict[KioskAddress, Allowance]:
    """What each kiosk is to be told; the same as long as nothing changes."""
    held: Mapping[KioskAddress, list[LeaseRow]] = defaultdict(list)
    for row in leases.open_leases(db):
        held[KioskAddress(row.store, row.kiosk)].append(row)
    lendable = _lendable(rules)  # once for all: a chain has a thousand kiosks
    return {
        at: Allowance(at.store, at.kiosk, purse, _offers(lendable, at, purse, held[at], now_ms))
        for at, purse in leases.purses(db).items()
    }


def _offers(
    lendable: Sequence[Rule], at: KioskAddress, purse: str, held: Sequence[LeaseRow], now_ms: int
) -> tuple[OwnOffer, ...]:
    mine = {row.offer: row.lease_of_kiosk for row in held if row.purse == purse}
    found = []
    for rule in lendable:
        if not core.is_in(rule, at.store):
            continue
        lease, runs = mine.get(rule.offer.content.id), core.span(rule.offer, local(now_ms))
        if runs.until_ms > now_ms and (lease is not None or not core.is_capped(rule.offer)):
            found.append(OwnOffer(rule.offer.content, runs.from_ms, runs.until_ms, lease))
    return tuple(found[: core.OFFERS_MAX])


def _lendable(rules: RuleSet) -> list[Rule]:
    return [rule for rule in rules.rules if core.is_lendable(rule)]
