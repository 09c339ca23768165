"""`/v1/profiles/…/consents`: what a member agreed to, purpose by purpose, with its evidence."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import select

from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import row_of
from gateway.api.routes import Call, Items, Line, Nothing, Number, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.consent import TEXT_VERSION, Method, Purpose
from gateway.core.minors import SENTENCE, MinorError, with_guardian
from gateway.store import consents
from gateway.store.consents import Proof
from gateway.store.profiles import ConsentRow


class Agreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody agreed, in words that could be shown to a judge."""

    evidence: Line
    granted_at_ms: Number
    text_version: Number = TEXT_VERSION
    guardian: Annotated[str, Meta(max_length=120)] = ""  # who agreed for a member under 16


class Consent(msgspec.Struct, frozen=True):
    """One purpose that a member agreed to."""

    purpose: Purpose
    granted_at_ms: int
    text_version: int
    evidence: str


def list_consents(call: Call[None]) -> Result:
    """What is not in the list was not agreed to."""
    member = row_of(call.db, call.params["member"]).member
    query = select(ConsentRow).filter_by(member=member).order_by(ConsentRow.purpose)
    return Result(Items(tuple(map(_shown, call.db.scalars(query))), None))


def put_consent(call: Call[Agreed]) -> Result:
    """A member agreed; kiosks know within seconds."""
    member, purpose = row_of(call.db, call.params["member"]).member, call.params["purpose"]
    try:
        is_new = consents.agree(call.db, member, purpose, _proof(call, call.body))
    except MinorError:
        raise RefusedError(Problem.REFUSED, "member", MINOR, SENTENCE) from None
    row = call.db.get_one(ConsentRow, (member, str(purpose)))
    row.granted_at_ms = call.body.granted_at_ms  # they may have said it before the system told us
    return Result(_shown(row), HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def withdraw_consent(call: Call[None]) -> Result:
    """A member agrees no longer; to withdraw what was never given is no mistake."""
    member = row_of(call.db, call.params["member"]).member
    consents.withdraw(call.db, member, call.params["purpose"], _proof(call, None))
    return Result(None, HTTPStatus.NO_CONTENT)


def _proof(call: Call[Any], agreed: Agreed | None) -> Proof:
    evidence, version = ("", TEXT_VERSION)
    if agreed is not None:
        evidence, version = agreed.evidence, agreed.text_version
        if agreed.guardian:
            evidence = with_guardian(agreed.guardian, evidence)
    return Proof(call.now_ms, Method.API, call.connector, evidence, version)


def _shown(row: ConsentRow) -> Consent:
    return Consent(Purpose(row.purpose), row.granted_at_ms, row.text_version, row.evidence)


MINOR = "minor"  # why it is refused
READ, WRITE = Scope.CONSENTS_READ, Scope.CONSENTS_WRITE
ALL = "/profiles/{member}/consents"
ONE = ALL + "/{purpose}"
NEW = (HTTPStatus.OK, HTTPStatus.CREATED)
MISSING = (Problem.NOT_FOUND,)
ROUTES = (
    Route(
        "GET",
        ALL,
        READ,
        "What a member agreed to.",
        list_consents,
        answer=Items[Consent],
        problems=MISSING,
    ),
    Route(
        "PUT",
        ONE,
        WRITE,
        "They agree; of a member under 16, only their guardian, and not to everything.",
        put_consent,
        Agreed,
        Nothing,
        Consent,
        NEW,
        (*MISSING, Problem.REFUSED),
    ),
    Route(
        "DELETE",
        ONE,
        WRITE,
        "They agree no longer.",
        withdraw_consent,
        statuses=(HTTPStatus.NO_CONTENT,),
        problems=MISSING,
    ),
)
