"""`/v1/profiles`: members as other systems read and write them. Points are the ledger's matter."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.identifiers import MemberId
from gateway.api import pages
from gateway.api.problems import Problem, RefusedError
from gateway.api.routes import Call, Items, Line, Nothing, Page, Result, Route
from gateway.core import provenance
from gateway.core.api_keys import Scope
from gateway.core.external_ids import IdKind, external_id
from gateway.core.ledger import Currency
from gateway.core.tiers import Tier
from gateway.store import external_ids, ledger, tombstones
from gateway.store.profiles import ProfileRow

MEMBER_BYTES = 6  # as in passes

# As all the world writes it, or with this country's 0; gateway.core.external_ids reads each.
PHONE = r"^(\+[1-9][0-9]{7,14}|0[1-9][0-9]{5,12})?$"
Phone = Annotated[str, Meta(pattern=PHONE, max_length=16)]
Interest = Annotated[str, Meta(pattern="^[0-9a-z-]{1,32}$", max_length=32)]
Interests = Annotated[tuple[Interest, ...], Meta(max_length=32)]


class NewProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole profile, as another system knows it."""

    name: Line
    phone: Phone = ""
    tier: Tier = Tier.MEMBER
    interests: Interests = ()
    joins_anew: bool = False  # who was erased has come back and joined, of their own will


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some fields of a profile; the others stay."""

    name: Line | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    tier: Tier | UnsetType = UNSET
    interests: Interests | UnsetType = UNSET


class Profile(msgspec.Struct, frozen=True):
    """A member."""

    member: MemberId
    name: str
    phone: str
    tier: str
    points: int
    interests: tuple[str, ...]


def list_profiles(call: Call[None]) -> Result:
    """In the order of their numbers, without who is one with another."""
    query = select(ProfileRow).where(ProfileRow.merged_into.is_(None))
    return pages.result(call, query, ProfileRow.member, lambda rows: _shown(call, rows))


def add_profile(call: Call[NewProfile]) -> Result:
    """Under a new number that nobody can guess."""
    member = secrets.token_hex(MEMBER_BYTES)
    while call.db.get(ProfileRow, member) is not None:
        member = secrets.token_hex(MEMBER_BYTES)
    row = _new(call, member)
    _write(call, row)
    return Result(_shown(call, [row])[0], HTTPStatus.CREATED)


def get_profile(call: Call[None]) -> Result:
    """One member."""
    return Result(_shown(call, [row_of(call.db, call.params["member"])])[0])


def put_profile(call: Call[NewProfile]) -> Result:
    """All of a profile, new or not; points stay as they are."""
    row = _row(call.db, call.params["member"])
    status = HTTPStatus.CREATED if row is None else HTTPStatus.OK
    if row is None:
        _refuse_erased(call.db, call.params["member"])  # nobody gets the number of another's passes
    row = row or _new(call, call.params["member"])
    _write(call, row)
    return Result(_shown(call, [row])[0], status)


def patch_profile(call: Call[Changes]) -> Result:
    """Only what is named."""
    row = row_of(call.db, call.params["member"])
    _write(call, row)
    return Result(_shown(call, [row])[0])


def row_of(db: Session, member: str) -> ProfileRow:
    """A member who is there; RefusedError otherwise."""
    row = _row(db, member)
    if row is None:
        _refuse_erased(db, member)
        raise RefusedError(Problem.NOT_FOUND)
    return row


def one_of(db: Session, member: str) -> str:
    """A member whom somebody speaks of; RefusedError if there is none."""
    row = _row(db, member)
    if row is None:
        _refuse_erased(db, member)
        raise RefusedError(Problem.NO_SUCH_MEMBER, "member")
    return row.member


def _refuse_erased(db: Session, member: str) -> None:
    if tombstones.erased(db, {f"member:{member}"}):
        raise RefusedError(Problem.MEMBER_ERASED, "member")


def _row(db: Session, member: str) -> ProfileRow | None:
    """A member; who is one with another is that other."""
    row = db.get(ProfileRow, member)
    return row if row is None or row.merged_into is None else db.get(ProfileRow, row.merged_into)


def _new(call: Call[NewProfile], member: str) -> ProfileRow:
    row = ProfileRow(member=member, name="", phone="", tier=Tier.MEMBER, points=0, interests="")
    row.said_at_ms = call.now_ms  # when they became known, agreeing to nothing
    call.db.add(row)
    call.db.flush()
    return row


def _write(call: Call[NewProfile] | Call[Changes], row: ProfileRow) -> None:
    """Change what was said, and note who said it."""
    told = msgspec.structs.asdict(call.body)
    joins_anew = told.pop("joins_anew", False)
    said = {name: value for name, value in told.items() if value is not UNSET}
    if (known := external_id(IdKind.PHONE, said.get("phone", ""))) is not None:
        _mind_erased(call.db, known, joins_anew=joins_anew)
    if "phone" in said:
        _call(call, row, said["phone"])
    if "interests" in said:
        said["interests"] = ";".join(said["interests"])
    for name, value in said.items():
        setattr(row, name, str(value))
    row.provenance = provenance.written(call.connector, call.now_ms, said, row.provenance or "")


def _mind_erased(db: Session, known: str, *, joins_anew: bool) -> None:
    """A number of somebody who is to stay forgotten brings nobody back, unless they come."""
    if tombstones.erased(db, {known}):
        if not joins_anew:
            raise RefusedError(Problem.PHONE_ERASED, "phone")
        tombstones.lift(db, {known})


def _call(call: Call[NewProfile] | Call[Changes], row: ProfileRow, phone: str) -> None:
    """Make a phone number find this member, and the one before it no more."""
    before, now = (external_id(IdKind.PHONE, one) for one in (row.phone, phone))
    if before == now:
        return
    if before is not None:
        external_ids.take_back(call.db, before, row.member)
    said = call.connector, call.now_ms
    if now is not None and not external_ids.claim(call.db, row.member, now, said):
        raise RefusedError(Problem.PHONE_TAKEN, "phone")


def _shown(call: Call[Any], rows: Sequence[ProfileRow]) -> list[Profile]:
    points = ledger.standings(call.db, [row.member for row in rows], Currency.POINTS, call.now_ms)
    return [
        Profile(
            row.member,
            row.name,
            row.phone,
            row.tier,
            points[row.member].usable,
            tuple(word for word in row.interests.split(";") if word),
        )
        for row in rows
    ]


READ, WRITE = Scope.PROFILES_READ, Scope.PROFILES_WRITE
ONE = "/profiles/{member}"
NEW = (HTTPStatus.OK, HTTPStatus.CREATED)
MISSING = (Problem.NOT_FOUND,)
ROUTES = (
    Route("GET", "/profiles", READ, "All members.", list_profiles, None, Page, Items[Profile]),
    Route(
        "POST",
        "/profiles",
        WRITE,
        "A new member.",
        add_profile,
        NewProfile,
        answer=Profile,
        statuses=(HTTPStatus.CREATED,),
        problems=(Problem.PHONE_TAKEN, Problem.PHONE_ERASED),
    ),
    Route("GET", ONE, READ, "One member.", get_profile, answer=Profile, problems=MISSING),
    Route(
        "PUT",
        ONE,
        WRITE,
        "All of a member.",
        put_profile,
        NewProfile,
        Nothing,
        Profile,
        NEW,
        (Problem.PHONE_TAKEN, Problem.PHONE_ERASED),
    ),
    Route(
        "PATCH",
        ONE,
        WRITE,
        "Some fields of a member.",
        patch_profile,
        Changes,
        answer=Profile,
        problems=(*MISSING, Problem.PHONE_TAKEN, Problem.PHONE_ERASED),
    ),
)
