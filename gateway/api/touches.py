"""`/v1/profiles/…/touches`: a member followed a link, took a code or read a QR code elsewhere.

Nothing is kept of who did not agree to profiling, and whoever tells us is told so.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.tracked_links import TAG_MAX
from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import row_of
from gateway.api.routes import LINE, Call, Number, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.attribution import Key, Tags, tags_of
from gateway.core.offers.reasons import Reason
from gateway.core.offers.sentences import SENTENCES
from gateway.store import touches
from gateway.store.touches import Noted

TouchId = Annotated[str, Meta(pattern="^[0-9A-Za-z._-]{1,64}$", max_length=64)]
Tag = Annotated[str, Meta(pattern=LINE, max_length=TAG_MAX)]
Link = Annotated[str, Meta(pattern="^https?://[!-~]+$", max_length=2_000)]


class NewTouch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a member met the shop; now, if nothing else is said. A link says its tags itself."""

    touch: TouchId
    key: Literal["link", "code", "qr"]
    at_ms: Number | None = None
    link: Link | None = None
    campaign: Tag = ""
    origin: Tag = ""
    medium: Tag = ""
    click: Tag = ""


class KnownTouch(msgspec.Struct, frozen=True):
    """As it is kept."""

    touch: str
    key: str
    at_ms: int
    campaign: str
    origin: str
    medium: str


def note_touch(call: Call[NewTouch]) -> Result:
    """Keep a touch; the same number again changes nothing."""
    body, member = call.body, row_of(call.db, call.params["member"]).member
    at_ms = call.now_ms if body.at_ms is None else min(body.at_ms, call.now_ms)
    read = Tags() if body.link is None else tags_of(body.link)
    tags = Tags(
        body.campaign or read.campaign,
        body.origin or read.origin,
        body.medium or read.medium,
        body.click or read.click,
    )
    noted = Noted(call.connector, body.touch, at_ms, Key(body.key), tags)
    is_new = touches.learn(call.db, member, noted)
    if is_new is None:
        why = Reason.CONSENT_MISSING
        raise RefusedError(Problem.REFUSED, why=str(why), sentence=SENTENCES[why])
    said = KnownTouch(body.touch, body.key, at_ms, tags.campaign, tags.origin, tags.medium)
    return Result(said, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


ROUTES = (
    Route(
        "POST",
        "/profiles/{member}/touches",
        Scope.PROFILES_WRITE,
        "A member followed a link, took a code or read a QR code.",
        note_touch,
        NewTouch,
        answer=KnownTouch,
        statuses=(HTTPStatus.OK, HTTPStatus.CREATED),
        problems=(Problem.NOT_FOUND, Problem.REFUSED),
    ),
)
