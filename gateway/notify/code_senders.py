"""How codes get to people's telephones: the port, and the way that is a signed webhook.

Knows no code and no number beyond the message in hand, and logs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta, Struct

from gateway.core.one_time_codes import Letter
from gateway.core.standard_webhooks import key_of, sign
from gateway.notify import port
from runtime import drivers
from runtime.errors import SettingsError, UnavailableError
from runtime.outbound import Outbound, Request, Response
from runtime.settings import Driver

TABLE = "[one_time_codes]"


class CodeSender(Protocol):
    """One way to somebody's telephone."""

    def send(self, letter: Letter) -> None:
        """Once it returns, somebody else has it; UnavailableError if nobody took it."""


class Post(Protocol):
    """How others are reached."""

    def send(self, request: Request) -> Response:
        """Their answer; UnavailableError if there is none."""


def sender(wanted: Driver | None) -> CodeSender | None:
    """The way that the settings name, if any; SettingsError says what is wrong with it."""
    if wanted is None:
        return None
    driver: Callable[[Mapping[str, object], None], CodeSender]
    driver = drivers.load("hien.code_senders", wanted.driver)
    return driver(wanted.options, None)


class WebhookOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Who sends for us, and with what we sign."""

    url: Annotated[str, Meta(pattern="^https?://[^/@?#]+(/[^?#]*)?$")]
    secret_file: str
    allow_private: bool = False  # the address may be in our own network: a modem in the back office


@dataclass(frozen=True)
class WebhookCodes:
    """Somebody who sends what we hand over: a Standard Webhook, `one_time_code`."""

    url: str
    key: bytes = field(repr=False)
    post: Post

    def send(self, letter: Letter) -> None:
        """Hand it over; the other side drops what comes again under the same id."""
        at_s = letter.at_ms // 1000
        data = {"to": letter.number, "text": letter.text, "language": letter.language}
        body = msgspec.json.encode({"type": "one_time_code", "timestamp": at_s, "data": data})
        headers = {
            "Content-Type": "application/json",
            "webhook-id": letter.id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": sign(self.key, letter.id, at_s, body),
        }
        answer = self.post.send(Request("POST", self.url, headers, body))
        if not 200 <= answer.status < 300:
            raise UnavailableError(f"who sends codes answered {answer.status}")


def webhook(options: Mapping[str, object], _inbox: object) -> WebhookCodes:
    """The driver `webhook`."""
    read = port.read(WebhookOptions, "webhook", options, TABLE)
    key = key_of(port.secret(read.secret_file, "webhook", TABLE))
    if key is None:
        raise SettingsError(f"{TABLE} driver webhook: {read.secret_file}: is no secret in base64")
    return WebhookCodes(read.url, key, Outbound(read.allow_private))
