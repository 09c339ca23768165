"""Notices as messages of a Zalo Official Account. UNVERIFIED: it never met the live service.

As https://developers.zalo.me/docs/official-account/tin-nhan/tin-tu-van/gui-tin-tu-van-dang-van-ban
describes: only somebody who wrote to the account within the last days can be reached, and the
token ends after 25 hours; who renews it writes the file anew, which is read for each message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta, Struct

from gateway.core.notices import Notice
from gateway.notify import port
from runtime.errors import UnavailableError
from runtime.outbound import Outbound, Request, Response

URL = "https://openapi.zalo.me/v3.0/oa/message/cs"
TEXT_MAX = 2_000


class ZaloOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told, and where the account's token is."""

    user: Annotated[str, Meta(pattern="^[0-9]{1,24}$")]  # as this account knows them
    token_file: str


class Post(Protocol):
    """How it is reached."""

    def send(self, request: Request) -> Response:
        """Its answer; UnavailableError if there is none."""


class _Answer(Struct):
    error: int
    message: str = ""


@dataclass(frozen=True)
class Zalo:
    """One person, through one Official Account."""

    options: ZaloOptions
    post: Post

    def tell(self, notice: Notice) -> None:
        """Send it; its errors come with status 200."""
        text = f"{notice.title.vi}\n{notice.lines}"[:TEXT_MAX]
        body = {"recipient": {"user_id": self.options.user}, "message": {"text": text}}
        headers = {
            "Content-Type": "application/json",
            "access_token": port.secret(self.options.token_file, "zalo"),
        }
        answer = self.post.send(Request("POST", URL, headers, msgspec.json.encode(body)))
        try:
            said = msgspec.json.decode(answer.body, type=_Answer)
        except msgspec.MsgspecError as error:
            raise UnavailableError(f"zalo answered {answer.status}, not as described") from error
        if said.error:
            raise UnavailableError(f"zalo: error {said.error}")


def zalo(options: Mapping[str, object], _inbox: object) -> Zalo:
    """The driver `zalo`."""
    return Zalo(port.read(ZaloOptions, "zalo", options), Outbound())
