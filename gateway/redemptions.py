"""Redeeming an offer or a code at a till: reserve, confirm, release, roll back. It commits nothing.

What the screen granted is judged here by the same rule, so that the till keeps the promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import msgspec
from sqlalchemy.orm import Session

from contract.messages import Text
from gateway.core import vouchers as codes
from gateway.core.offers.drawing import Arm
from gateway.core.offers.facts import Value
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import (
    Decision,
    Moment,
    Rule,
    RuleSet,
    cost_vnd,
    judge,
    moment_of,
)
from gateway.core.offers.sentences import SENTENCES
from gateway.core.redemption import LOCK_MS, State, Step, after
from gateway.core.rewards import Reward, rewards
from gateway.core.vouchers import Voucher
from gateway.situations import at_till, local
from gateway.store import ledger, redemptions, vouchers
from gateway.store.base import take_turns
from gateway.store.ledger import Account, Deed
from gateway.store.redemptions import Holder, RedemptionRow


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to redeem: an offer they were shown, or a code."""

    idem_key: str
    store: str
    channel: str
    offer: str = ""
    code: str = ""
    member: str | None = None
    visit: int | None = None
    basket: Mapping[str, Value] = field(default_factory=dict)  # facts under `basket.`


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it; the same for whoever asks again with the same key."""

    redemption: int | None
    state: State
    reason: Reason
    sentence: Text
    lock_until_ms: int


def reserve(db: Session, rules: RuleSet, wish: Wish, now_ms: int) -> Answer:
    """Hold an offer or a code for two minutes; REFUSED, with the reason, if that cannot be."""
    code = codes.typed(wish.code) or None
    voucher = vouchers.get(db, code) if code is not None else None
    offer = voucher.offer if voucher is not None else wish.offer
    row = redemptions.first(db, _row(wish, offer, code, now_ms))
    if row is None:
        return _first_answer(redemptions.by_key(db, wish.idem_key), wish)
    rule = next((one for one in rules.rules if one.offer.content.id == offer), None)
    if rule is None:
        row.state, row.reason = State.REFUSED, Reason.UNKNOWN_CODE
        db.flush()
        return _answer(row)
    redemptions.take_turns(db, offer)
    redemptions.lapse(db, now_ms, [offer])
    situation = at_till(db, wish.store, wish.channel, (wish.member, wish.visit), now_ms)
    moment = moment_of(rules, replace(situation, facts={**situation.facts, **wish.basket}))
    judged = _judged(db, rule, moment, row, voucher)
    reason = judged.reason
    if reason is Reason.GRANTED:
        promised = judged.offer or rule.offer  # an experiment may show another variant
        row.cost_vnd = cost_vnd(promised, moment.known)
        row.rewards = msgspec.json.encode(rewards(promised.terms.effects)).decode()
        redemptions.hold(db, row)
    else:
        row.state, row.reason = State.REFUSED, reason
    db.flush()
    return _answer(row)


def check(db: Session, rules: RuleSet, wish: Wish, now_ms: int) -> Answer:
    """What `reserve` would answer now. Nothing is held: it is tried, and undone."""
    trial = db.begin_nested()
    answer = reserve(db, rules, wish, now_ms)
    trial.rollback()
    return replace(answer, redemption=None, lock_until_ms=0)


def step(db: Session, redemption: int, wanted: Step, now_ms: int, order_ref: str = "") -> Answer:
    """Confirm, release, expire or roll back; taken twice it is taken once, and answers the same."""
    row = redemptions.get(db, redemption)
    if row is None:
        return _refused(Reason.UNKNOWN_CODE)
    if wanted is Step.ROLL_BACK:  # it changes a day that somebody may be closing; first, as intake
        take_turns(db, [row.store])
    redemptions.take_turns(db, row.offer)
    row = redemptions.get(db, redemption) or row  # as it stands now that it is our turn
    was = State(row.state)
    then = after(was, wanted, is_late=row.lock_until_ms <= now_ms)
    if then is None:
        is_late = was in (State.RESERVED, State.EXPIRED)
        return _refused(Reason.RESERVATION_OVER if is_late else Reason.ALREADY_REDEEMED)
    if then is not was:
        redemptions.move(db, row, then, now_ms)
        if wanted is Step.CONFIRM:
            row.order_ref = order_ref or None
        _book(db, row, then, now_ms)
        db.flush()
        db.refresh(row)
    return _answer(row)


def _book(db: Session, row: RedemptionRow, state: State, now_ms: int) -> None:
    """What is confirmed gives its rewards, what is undone takes them back; both once."""
    if row.member is None or state not in (State.CONFIRMED, State.ROLLED_BACK):
        return
    for number, one in enumerate(msgspec.json.decode(row.rewards, type=list[Reward])):
        key, account = f"redemption:{row.redemption}:{number}", Account(row.member, one.currency)
        deed = Deed(key, account, one.amount, now_ms, row.order_ref or f"offer:{row.offer}")
        if state is State.CONFIRMED:
            life = one.usable_from_ms(now_ms), one.expires_at_ms(now_ms)
            ledger.earn(db, replace(deed, usable_from_ms=life[0], expires_at_ms=life[1]))
        else:
            ledger.reverse(db, replace(deed, idem_key=f"{key}:back"), key)


def _judged(
    db: Session, rule: Rule, moment: Moment, row: RedemptionRow, voucher: Voucher | None
) -> Decision:
    """Whoever was given a code has it, even if an experiment shows them nothing."""
    if row.code is not None:
        reason = codes.judge(voucher, row.member, row.store, moment.today)
        if reason is not None:
            return Decision(rule.offer, reason)
    holder = Holder(row.store, row.day, row.member, row.visit, row.redemption)
    counted = redemptions.used(db, [row.offer], holder, row.at_ms)[row.offer]
    judged = judge(rule, moment, counted)
    if judged.reason is not Reason.GRANTED:
        return judged
    if row.code is None and judged.arm is Arm.HOLDOUT:
        return judged._replace(reason=Reason.HOLDOUT)
    if row.code is not None and not vouchers.use(db, row.code):
        is_locked = redemptions.is_locked(db, row.code)
        return Decision(
            rule.offer, Reason.LOCKED_ELSEWHERE if is_locked else Reason.ALREADY_REDEEMED
        )
    return judged


def _row(wish: Wish, offer: str, code: str | None, now_ms: int) -> dict[str, object]:
    return {
        "idem_key": wish.idem_key,
        "request": _digest(wish),
        "offer": offer,
        "code": code,
        "member": wish.member,
        "visit": wish.visit,
        "store": wish.store,
        "day": local(now_ms).date().isoformat(),
        "state": State.RESERVED,
        "reason": Reason.GRANTED,
        "cost_vnd": 0,
        "at_ms": now_ms,
        "lock_until_ms": now_ms + LOCK_MS,
        "changed_at_ms": now_ms,
    }


def _digest(wish: Wish) -> str:
    return sha256(msgspec.json.encode(wish, order="deterministic")).hexdigest()


def _first_answer(row: RedemptionRow, wish: Wish) -> Answer:
    """What was answered the first time, whatever has become of it since."""
    if row.request != _digest(wish):
        return _refused(Reason.KEY_REUSED)
    reason = Reason(row.reason)
    state = State.RESERVED if reason is Reason.GRANTED else State.REFUSED
    return Answer(row.redemption, state, reason, SENTENCES[reason], row.lock_until_ms)


def _answer(row: RedemptionRow) -> Answer:
    reason = Reason(row.reason)
    return Answer(row.redemption, State(row.state), reason, SENTENCES[reason], row.lock_until_ms)


def _refused(reason: Reason) -> Answer:
    return Answer(None, State.REFUSED, reason, SENTENCES[reason], 0)
