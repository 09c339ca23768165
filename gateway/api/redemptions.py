"""`/v1/redemptions`: a till reserves an offer or a code, confirms it, lets go, undoes. J7."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.identifiers import MemberId, StoreId
from gateway import redemptions
from gateway.api.problems import Problem, RefusedError, Said
from gateway.api.profiles import one_of
from gateway.api.routes import Call, Line, Number, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.offers.facts import Value
from gateway.core.offers.reasons import Reason
from gateway.core.redemption import Step
from gateway.redemptions import Answer, Wish
from gateway.store import offers
from gateway.store.stores import StoreRow

Code = Annotated[str, Meta(pattern=r"^[\u0020-\u007e]*$", max_length=40)]  # as it was typed
Sku = Annotated[str, Meta(pattern="^[0-9A-Za-z._-]{1,40}$", max_length=40)]


class Basket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is being bought, if the till knows."""

    total_vnd: Annotated[int, Meta(ge=0, lt=2**53)]
    items: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    skus: Annotated[tuple[Sku, ...], Meta(max_length=100)] | None = None


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to redeem: a code, or an offer they were shown."""

    store: Annotated[StoreId, Meta(max_length=32)]
    channel: Literal["kiosk", "phone", "staff", "unmanned"] = "staff"
    offer: Annotated[str, Meta(pattern="^[0-9A-Za-z-]{0,40}$", max_length=40)] = ""
    code: Code = ""
    member: Annotated[MemberId, Meta(max_length=12)] | None = None
    visit: Number | None = None
    basket: Basket | None = None


class Paid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sale that it was redeemed with."""

    order_ref: Line | None = None


class Redemption(msgspec.Struct, frozen=True):
    """Where one stands."""

    redemption: int
    state: str
    reason: str
    sentence: Said
    lock_until_ms: int


def reserve_redemption(call: Call[Wanted]) -> Result | RefusedError:
    """Hold it for two minutes."""
    wish = wish_of(call)
    answer = redemptions.reserve(call.db, offers.rules(call.db), wish, call.now_ms)
    return _said(answer, HTTPStatus.CREATED, Reason.GRANTED)


def confirm_redemption(call: Call[Paid]) -> Result | RefusedError:
    """It was paid with it."""
    return _step(call, Step.CONFIRM, call.body.order_ref or "")


def release_redemption(call: Call[None]) -> Result | RefusedError:
    """It was not used."""
    return _step(call, Step.RELEASE)


def roll_back_redemption(call: Call[None]) -> Result | RefusedError:
    """The sale was undone."""
    return _step(call, Step.ROLL_BACK)


def wish_of(call: Call[Wanted]) -> Wish:
    """What was asked, about a store and a member that are there."""
    body = call.body
    if call.db.get(StoreRow, body.store) is None:
        raise RefusedError(Problem.NO_SUCH_STORE, "store")
    member = None if body.member is None else one_of(call.db, body.member)
    return Wish(
        f"{call.connector} {call.idem_key}",
        body.store,
        body.channel,
        body.offer,
        body.code,
        member,
        body.visit,
        _facts(body.basket),
    )


def refused(answer: Answer) -> RefusedError:
    """Why not, in both languages."""
    return RefusedError(Problem.REFUSED, why=str(answer.reason), sentence=answer.sentence)


def _step(call: Call[object], step: Step, order_ref: str = "") -> Result | RefusedError:
    number = call.params["redemption"]
    answer = redemptions.step(call.db, number, step, call.now_ms, order_ref)
    if answer.reason is Reason.UNKNOWN_CODE:
        raise RefusedError(Problem.NOT_FOUND)
    return _said(answer, HTTPStatus.OK, Reason.GRANTED)


def _said(answer: Answer, status: HTTPStatus, good: Reason) -> Result | RefusedError:
    if answer.redemption is None or answer.reason is not good:
        return refused(answer)
    sentence = Said(answer.sentence.vi, answer.sentence.en)
    said = Redemption(
        answer.redemption, str(answer.state), str(answer.reason), sentence, answer.lock_until_ms
    )
    return Result(said, status)


def _facts(basket: Basket | None) -> dict[str, Value]:
    if basket is None:
        return {}
    facts: dict[str, Value] = {"basket.total_vnd": basket.total_vnd}
    if basket.items is not None:
        facts["basket.items"] = basket.items
    if basket.skus is not None:
        facts["basket.skus"] = frozenset(basket.skus)
    return facts


WRITE = Scope.REDEMPTIONS_WRITE
ONE = "/redemptions/{redemption}"
ROUTES = (
    Route(
        "POST",
        "/redemptions",
        WRITE,
        "Reserve an offer or a code for two minutes.",
        reserve_redemption,
        Wanted,
        answer=Redemption,
        statuses=(HTTPStatus.CREATED,),
        problems=(Problem.NO_SUCH_STORE, Problem.NO_SUCH_MEMBER, Problem.REFUSED),
    ),
    Route(
        "POST",
        ONE + ":confirm",
        WRITE,
        "It was paid with it.",
        confirm_redemption,
        Paid,
        answer=Redemption,
        problems=(Problem.NOT_FOUND, Problem.REFUSED),
    ),
    Route(
        "POST",
        ONE + ":release",
        WRITE,
        "It was not used: let go of it.",
        release_redemption,
        answer=Redemption,
        problems=(Problem.NOT_FOUND, Problem.REFUSED),
    ),
    Route(
        "POST",
        ONE + ":rollback",
        WRITE,
        "The sale was undone.",
        roll_back_redemption,
        answer=Redemption,
        problems=(Problem.NOT_FOUND, Problem.REFUSED),
    ),
)
