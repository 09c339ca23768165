"""`/v1/profiles/…/messages`: whoever writes to a member asks first. It sends nothing."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

import msgspec

from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import row_of
from gateway.api.routes import Call, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.consent import Purpose
from gateway.store import messages
from gateway.store.messages import SENTENCES


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which way somebody wants to write."""

    channel: Literal["email", "sms", "zalo"]


class Permitted(msgspec.Struct, frozen=True):
    """One message may go out now, and it was counted."""

    channel: str
    at_ms: int


def permit_message(call: Call[Wanted]) -> Result | RefusedError:
    """By the member's consent, and by how many they were promised at most."""
    member = row_of(call.db, call.params["member"]).member
    channel = Purpose(call.body.channel)
    refused = messages.permit(call.db, member, channel, call.connector, call.now_ms)
    if refused is not None:
        return RefusedError(
            Problem.REFUSED, "channel", why=str(refused), sentence=SENTENCES[refused]
        )
    return Result(Permitted(str(channel), call.now_ms), HTTPStatus.CREATED)


ROUTES = (
    Route(
        "POST",
        "/profiles/{member}/messages",
        Scope.MESSAGES_WRITE,
        "Whether a message may be sent; if so it counts. Refused: consent_missing, too_often.",
        permit_message,
        Wanted,
        answer=Permitted,
        statuses=(HTTPStatus.CREATED,),
        problems=(Problem.NOT_FOUND, Problem.REFUSED),
    ),
)
