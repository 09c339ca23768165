"""A shopper's own page and what opens from it: an offer, an order, an appointment.

Each carries the page it came from, so that "back" finds it again. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from contract.messages import Show, ShownAppointment, ShownOffer, ShownOrder


@dataclass(frozen=True, slots=True)
class Offers:
    """The personal screen."""

    shown: Show


@dataclass(frozen=True, slots=True)
class OfferDetail:
    """One offer, large."""

    shown: Show
    offer: ShownOffer


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Which offers the shopper does not get, and what would help."""

    shown: Show


@dataclass(frozen=True, slots=True)
class Privacy:
    """Where a shopper may say that they are not to be recognised for a day."""

    shown: Show


@dataclass(frozen=True, slots=True)
class Choices:
    """What a shopper agrees to, purpose by purpose, each to be switched on or off."""

    shown: Show
    saved: str = ""  # the purpose of the choice that is kept since the last touch


@dataclass(frozen=True, slots=True)
class PickUp:
    """The order is announced; staff are bringing it."""

    shown: Show
    order: ShownOrder
    is_paid: bool = False  # it was paid here, while they waited

    @property
    def is_paying(self) -> bool:
        """Whether a bank's app may still pay it, which takes longer than to read a screen."""
        return bool(self.order.pay and self.order.unpaid_vnd)


@dataclass(frozen=True, slots=True)
class RainCheck:
    """Nothing of the offer is left to this kiosk alone; a code for when the gateway is back.

    The reason `lease_exhausted_offline`. Nobody's name is on it.
    """

    offer: ShownOffer
    code: str  # as it is read out


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Somebody says that they came for an appointment; the gateway gives a ticket, or a reason."""

    shown: Show
    appointment: ShownAppointment
    is_unanswered: bool = False  # it is kept and will be told; for now staff must help

    @property
    def is_asking(self) -> bool:
        """Whether the gateway's word is still awaited."""
        one = self.appointment
        return one.ticket is None and one.hitch is None and not self.is_unanswered


def offer_of(shown: Show, subject: str) -> OfferDetail | None:
    """The offer that was touched, if the page has it."""
    found = (one for one in shown.offers if one.id == subject)
    return next((OfferDetail(shown, one) for one in found), None)


def order_of(shown: Show, subject: str) -> PickUp | None:
    """The order that was touched, if the page has it."""
    found = (one for one in shown.orders if one.id == subject)
    return next((PickUp(shown, one) for one in found), None)


def appointment_of(shown: Show, subject: str) -> CheckIn | None:
    """The appointment that was touched, if the page has it."""
    found = (one for one in shown.appointments if one.id == subject)
    return next((CheckIn(shown, one) for one in found), None)


def owed(was: Show, news: Sequence[ShownOrder]) -> Show:
    """The same page, with what is unpaid of some orders as it is now."""
    now = {one.id: one for one in news}
    orders = tuple(
        structs.replace(one, unpaid_vnd=now[one.id].unpaid_vnd, pay=now[one.id].pay)
        if one.id in now
        else one
        for one in was.orders
    )
    return structs.replace(was, orders=orders)


def paid(was: PickUp, shown: Show) -> PickUp:
    """An order that is picked up, after its page has changed."""
    now = order_of(shown, was.order.id) or was
    return PickUp(shown, now.order, bool(was.order.unpaid_vnd) and not now.order.unpaid_vnd)


def answered(asked: CheckIn, shown: Show) -> CheckIn | Offers:
    """What the gateway's newer page says of the appointment; the page itself, if nothing."""
    return appointment_of(shown, asked.appointment.id) or Offers(shown)
