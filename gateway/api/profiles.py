"""`/v1/profiles`: members as other systems read and write them. Points are the ledger's matter."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.identifiers import MemberId
from gateway.api import pages
from gateway.api.problems import Problem, RefusedError
from gateway.api.routes import Call, Items, Line, Nothing, Page, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.tiers import Tier
from gateway.store.profiles import ProfileRow

MEMBER_BYTES = 6  # as in passes

Phone = Annotated[str, Meta(pattern=r"^(\+?[0-9]{8,15})?$", max_length=16)]
Interest = Annotated[str, Meta(pattern="^[0-9a-z-]{1,32}$", max_length=32)]
Interests = Annotated[tuple[Interest, ...], Meta(max_length=32)]


class NewProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole profile, as another system knows it."""

    name: Line
    phone: Phone = ""
    tier: Tier = Tier.MEMBER
    interests: Interests = ()


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
    """In the order of their numbers."""
    return pages.result(call, select(ProfileRow), ProfileRow.member, _shown)


def add_profile(call: Call[NewProfile]) -> Result:
    """Under a new number that nobody can guess."""
    member = secrets.token_hex(MEMBER_BYTES)
    while call.db.get(ProfileRow, member) is not None:
        member = secrets.token_hex(MEMBER_BYTES)
    row = ProfileRow(member=member, points=0, **_columns(call.body))
    call.db.add(row)
    return Result(_shown(row), HTTPStatus.CREATED)


def get_profile(call: Call[None]) -> Result:
    """One member."""
    return Result(_shown(row_of(call.db, call.params["member"])))


def put_profile(call: Call[NewProfile]) -> Result:
    """All of a profile, new or not; points stay as they are."""
    row = call.db.get(ProfileRow, call.params["member"])
    is_new = row is None
    if row is None:
        row = ProfileRow(member=call.params["member"], points=0)
        call.db.add(row)
    _write(row, _columns(call.body))
    return Result(_shown(row), HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def patch_profile(call: Call[Changes]) -> Result:
    """Only what is named."""
    row = row_of(call.db, call.params["member"])
    _write(row, _columns(call.body))
    return Result(_shown(row))


def row_of(db: Session, member: str) -> ProfileRow:
    """A member who is there; RefusedError otherwise."""
    row = db.get(ProfileRow, member)
    if row is None:
        raise RefusedError(Problem.NOT_FOUND)
    return row


def _columns(body: NewProfile | Changes) -> dict[str, str]:
    said = {
        name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET
    }
    if "interests" in said:
        said["interests"] = ";".join(said["interests"])
    return {name: str(value) for name, value in said.items()}


def _write(row: ProfileRow, columns: dict[str, str]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _shown(row: ProfileRow) -> Profile:
    words = tuple(word for word in row.interests.split(";") if word)
    return Profile(row.member, row.name, row.phone, row.tier, row.points, words)


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
    ),
    Route("GET", ONE, READ, "One member.", get_profile, answer=Profile, problems=MISSING),
    Route("PUT", ONE, WRITE, "All of a member.", put_profile, NewProfile, Nothing, Profile, NEW),
    Route(
        "PATCH",
        ONE,
        WRITE,
        "Some fields of a member.",
        patch_profile,
        Changes,
        answer=Profile,
        problems=MISSING,
    ),
)
