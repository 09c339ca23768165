"""A till for tests: it redeems in a real database, at a time it is told."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from msgspec import json
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import redemptions
from gateway.core.ledger import Balance
from gateway.core.offers.rules import RuleSet
from gateway.core.redemption import Step
from gateway.core.vouchers import Voucher, VoucherKind
from gateway.redemptions import Answer, Wish
from gateway.store import ledger, offers, vouchers
from gateway.store.ledger import Account
from gateway.store.offers import OfferRow
from gateway.store.redemptions import TallyRow
from gateway.store.vouchers import VoucherRow
from tests.gateway.shop import NOON_MS, STORE, Shop

EVERYBODYS = "tea"
CODE = "TET2027"


class Till:
    """One offer for everybody, with terms and perhaps a code."""

    def __init__(self, shop: Shop, terms: Mapping[str, Any] | None = None, uses: int = 0) -> None:
        self.shop = shop
        self._keys = count(1)
        shop.offer(EVERYBODYS, is_personal=False)
        with shop.writers.begin() as db:
            db.get_one(OfferRow, EVERYBODYS).terms = json.encode(terms or {}).decode()
            db.flush()
            if uses:
                code = Voucher(CODE, EVERYBODYS, VoucherKind.GENERIC, max_uses=uses)
                vouchers.add(db, [code])

    def rules(self) -> RuleSet:
        """The rules of now."""
        with self.shop.read() as db:
            return offers.rules(db)

    def wish(self, **changes: Any) -> Wish:
        """Redeem the offer, under a new key."""
        said = {"offer": EVERYBODYS, "idem_key": f"key-{next(self._keys)}", **changes}
        return Wish(store=STORE, channel="staff", **said)

    def reserve(self, wish: Wish | None = None, at_ms: int = NOON_MS) -> Answer:
        """In a transaction of its own."""
        rules = self.rules()
        with self.shop.writers.begin() as db:
            return redemptions.reserve(db, rules, wish or self.wish(), at_ms)

    def step(self, answer: Answer, step: Step, at_ms: int = NOON_MS) -> Answer:
        """Confirm, release, expire or roll back."""
        assert answer.redemption is not None
        with self.shop.writers.begin() as db:
            return redemptions.step(db, answer.redemption, step, at_ms, "order-1")

    def held(self) -> dict[tuple[str, str], tuple[int, int]]:
        """What the counts say: uses and money, by scope and key; nothing is left out but zeros."""
        with self.shop.read() as db:
            rows = db.scalars(select(TallyRow)).all()
        return {
            (row.scope, row.key): (row.used, row.spent_vnd)
            for row in rows
            if row.used or row.spent_vnd
        }

    def code_used(self) -> int:
        """How often the code is used or held."""
        with self.shop.read() as db:
            return db.get_one(VoucherRow, CODE).used


def balance_of(db: Session, account: Account, now_ms: int) -> Balance:
    """What a member can use now, and later, as every screen reads it."""
    stands = ledger.standings(db, [account.member], account.currency, now_ms)[account.member]
    return Balance(stands.usable, stands.pending)
