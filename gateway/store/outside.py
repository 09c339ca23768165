"""Customers and orders of web shops: which of ours each is, and what of its news is newer.

The latest by the vendor's own time wins, in whichever order deliveries come.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core import order_news
from gateway.core.changes import (
    InterestNoted,
    Noun,
    OrderChanged,
    OrderGone,
    ProfileChanged,
    Progress,
    TouchNoted,
)
from gateway.core.external_ids import IdKind, external_id
from gateway.core.interests import Noted
from gateway.core.orders import OrderState
from gateway.core.tiers import Tier
from gateway.store import (
    external_ids,
    interests,
    orders,
    payments,
    profiles,
    sales,
    tombstones,
    touches,
)
from gateway.store.base import Base
from gateway.store.orders import Deed, OrderRow
from gateway.store.profiles import ProfileRow

MEMBER_BYTES = 6  # 12 hex digits, as in passes


class OutsideRow(Base):
    """Something a connector told of, and what it is here."""

    __tablename__ = "outside"

    connector: Mapped[str] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.changes.Noun
    outside: Mapped[str] = mapped_column(primary_key=True)  # the vendor's id
    ours: Mapped[str] = mapped_column(index=True)  # a member, or an order's id
    updated_ms: Mapped[int]  # the vendor's time of what we know; 0: it never said
    is_made_here: Mapped[bool]  # this connector made our row, so it may change name and phone
    told_vnd: Mapped[int]  # of an order: what the shop says is unpaid
    erased_at_ms: Mapped[int | None]  # nothing is taken about it any more


@dataclass(frozen=True)
class Desk:
    """Applies one connector's news in the caller's transaction."""

    db: Session
    connector: str
    now_ms: int
    matches_phones: bool = True
    paid: list[str] = field(default_factory=list)  # orders for which money came
    new_member: Callable[[], str] = lambda: secrets.token_hex(MEMBER_BYTES)

    def is_news(self, noun: Noun, outside: str, at_ms: int) -> bool:
        """Whether we know nothing of it, or only something older."""
        known = self._known(noun, outside)
        return known is None or (known.erased_at_ms is None and known.updated_ms < at_ms)

    def profile(self, told: ProfileChanged) -> bool:
        """Take a customer; False if nothing is otherwise since."""
        known = self._known(Noun.CUSTOMER, told.outside)
        if known is None:
            return not self._was_erased(told) and self._new_customer(told)
        if known.erased_at_ms is not None or told.at_ms < known.updated_ms or not told.at_ms:
            return False
        known.updated_ms = told.at_ms
        row = self.db.get(ProfileRow, known.ours)
        if (
            row is None
            or not known.is_made_here
            or (row.name, row.phone) == (told.name, told.phone)
        ):
            return False
        row.name = told.name
        phone = external_id(IdKind.PHONE, told.phone)
        if phone is None or not tombstones.erased(self.db, [phone]):
            row.phone = told.phone
            self._claim_phone(known.ours, told.phone)
        return True

    def order(self, told: OrderChanged) -> bool:
        """Take an order and its customer; False if nothing is otherwise since."""
        known = self._known(Noun.ORDER, told.outside)
        if known is not None and (known.erased_at_ms is not None or told.at_ms < known.updated_ms):
            return False
        self.profile(told.customer)
        customer = self._known(Noun.CUSTOMER, told.customer.outside)
        if customer is None or customer.erased_at_ms is not None:
            return False  # an order of somebody who was erased names them again
        if known is None:
            known = self._link(Noun.ORDER, told.outside, self._new_order_id(told.outside))
        known.updated_ms, known.told_vnd = told.at_ms, told.unpaid_vnd
        row = self._order(known.ours)
        before = None if row is None else _values(row)
        row = row or OrderRow(order=known.ours, member=customer.ours)
        row.number, row.items = told.number, told.items
        paid_vnd = payments.claim(self.db, known.ours, told.number)
        row.unpaid_vnd = order_news.unpaid_vnd(told.unpaid_vnd, paid_vnd)
        if told.total_vnd is not None:
            row.total_vnd = told.total_vnd
        self._move(row, None if before is None else OrderState(row.state), told.progress)
        self.db.flush()
        orders.settle(self.db, row, min(told.at_ms, self.now_ms), self.now_ms)
        return _values(row) != before

    def order_gone(self, told: OrderGone) -> bool:
        """An order that is deleted is cancelled, unless it was handed over."""
        known = self._known(Noun.ORDER, told.outside)
        row = None if known is None else self._order(known.ours)
        if known is None or row is None or row.state in order_news.OVER:
            return False
        known.updated_ms = max(known.updated_ms, self.now_ms)
        moved = self._move(row, OrderState(row.state), Progress.CANCELLED)
        orders.settle(self.db, row, self.now_ms, self.now_ms)
        return moved

    def _move(self, row: OrderRow, was: OrderState | None, told: Progress) -> bool:
        """Bring an order to where it is now, and write down who said so; False if it is there."""
        state = order_news.state_after(was, told)
        if state is was:
            return False
        row.state, row.changed_at_ms = state, self.now_ms
        row.changed_by = f"system:{self.connector}"
        self.db.add(row)
        if state in order_news.STEPS:
            deed = Deed(order_news.STEPS[state], row.changed_by, self.now_ms)
            orders.write(self.db, row, deed)
        return True

    def _order(self, order: str) -> OrderRow | None:
        """An order that nobody hands over meanwhile."""
        sales.in_turn(self.db, order)
        return self.db.get(OrderRow, order, with_for_update=True, populate_existing=True)

    def who(self, customer: str) -> str | None:
        """Which member a customer is; None if nobody is known."""
        known = self._known(Noun.CUSTOMER, customer)
        return known.ours or None if known is not None else None

    def interest(self, told: InterestNoted) -> bool:
        """Take what a customer came near; False if they are nobody here, or agreed to nothing."""
        known = self._known(Noun.CUSTOMER, told.outside)
        if known is None or known.erased_at_ms is not None or not known.ours:
            return False
        noted = Noted(told.near, told.words, self.connector, told.at_ms, told.is_gone)
        return interests.learn(self.db, known.ours, noted) or False

    def touch(self, told: TouchNoted) -> bool:
        """Take how a customer met the shop; False if they are nobody here, or agreed to nothing."""
        known = self._known(Noun.CUSTOMER, told.outside)
        if known is None or known.erased_at_ms is not None or not known.ours:
            return False
        at_ms = min(told.at_ms, self.now_ms)
        noted = touches.Noted(self.connector, told.touch, at_ms, told.key, told.tags)
        return touches.learn(self.db, known.ours, noted) or False

    def erase(self, noun: Noun, outside: str) -> str | None:
        """Take nothing about it from now on; which of ours it was."""
        known = self._known(noun, outside)
        if known is None:
            known = self._link(noun, outside, "")  # it may still be under way
        known.erased_at_ms = known.erased_at_ms or self.now_ms
        self.db.flush()
        return known.ours or None

    def erase_all(self) -> None:
        """Take nothing from now on about anything this connector told of."""
        unmarked = OutsideRow.erased_at_ms.is_(None)
        mine = OutsideRow.connector == self.connector
        self.db.execute(update(OutsideRow).where(mine, unmarked).values(erased_at_ms=self.now_ms))

    def _known(self, noun: Noun, outside: str) -> OutsideRow | None:
        return self.db.get(OutsideRow, (self.connector, noun, outside))

    def _link(self, noun: Noun, outside: str, ours: str) -> OutsideRow:
        row = OutsideRow(connector=self.connector, noun=noun, outside=outside, ours=ours)
        row.updated_ms, row.told_vnd, row.is_made_here = 0, 0, True
        self.db.add(row)
        return row

    def _new_customer(self, told: ProfileChanged) -> bool:
        """Whom the shop's id or the phone number names is the same person, and keeps their name."""
        same = self._same(told)
        member = same or self.new_member()
        if same is None:
            tier = Tier.MEMBER.value
            self.db.add(
                ProfileRow(
                    member=member,
                    name=told.name,
                    phone=told.phone,
                    tier=tier,
                    points=0,
                    interests="",
                )
            )
            self.db.flush()
            self._claim_phone(member, told.phone)
        said = (self.connector, self.now_ms)
        external_ids.claim(self.db, member, self._shop_id(told.outside), said)
        link = self._link(Noun.CUSTOMER, told.outside, member)
        link.updated_ms, link.is_made_here = told.at_ms, same is None
        self.db.flush()
        return True

    def _was_erased(self, told: ProfileChanged) -> bool:
        """Whether this is somebody who is to stay forgotten."""
        ids = (self._shop_id(told.outside), external_id(IdKind.PHONE, told.phone))
        return bool(tombstones.erased(self.db, [one for one in ids if one is not None]))

    def _same(self, told: ProfileChanged) -> str | None:
        """The one member this is: by the shop's own id first, which a CSV file may have brought."""
        named = self._shop_id(told.outside)
        if named is not None and (owner := external_ids.owners(self.db, [named])):
            return owner[named]
        return profiles.find(self.db, told.phone) if self.matches_phones and told.phone else None

    def _shop_id(self, outside: str) -> str | None:
        return external_id(IdKind.SHOP, f"{self.connector}:{outside}")

    def _claim_phone(self, member: str, phone: str) -> None:
        """So that they are found by it; a number that is another's already stays theirs."""
        said = (self.connector, self.now_ms)
        external_ids.claim(self.db, member, external_id(IdKind.PHONE, phone), said)

    def _new_order_id(self, outside: str) -> str:
        """An id that no CSV file and no other connector has, and that says whose it is."""
        wanted = f"{self.connector}-{outside}"
        is_free = len(wanted) <= ORDER_ID_MAX and self.db.get(OrderRow, wanted) is None
        fits = all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in wanted)
        return wanted if is_free and fits else f"w-{secrets.token_hex(8)}"


ORDER_ID_MAX = 40  # contract.messages.Id


def _values(row: OrderRow) -> tuple[object, ...]:
    return (row.number, row.items, row.state, row.unpaid_vnd, row.total_vnd)


def of_member(db: Session, member: str) -> list[tuple[str, str]]:
    """Which customer of which connectors a member is."""
    query = select(OutsideRow.connector, OutsideRow.outside)
    found = db.execute(query.filter_by(noun=Noun.CUSTOMER, ours=member))
    return [(connector, outside) for connector, outside in found]
