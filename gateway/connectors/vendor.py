"""What every vendor's file offers: verify, normalise, and how to ask for what we missed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.changes import Change, Noun, Refusal

PING = "ping"  # the topic of a vendor's own trial: it is answered, and nothing is kept


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets a vendor may sign with: one, or two while it changes; and the shop we expect."""

    secrets: tuple[str, ...] = field(repr=False)
    shop: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it came."""

    headers: Mapping[str, str]  # names in lower case
    body: bytes
    at_ms: int  # when we took it

    def header(self, name: str) -> str:
        """A header's text; "" if it is missing."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Verified:
    """A delivery that is the vendor's."""

    delivery: str  # comes again with the same one if it was not acknowledged
    topic: str


@dataclass(frozen=True, slots=True)
class Poll:
    """How to ask a vendor what changed since a time."""

    noun: Noun
    topic: str  # each object is read as if it had been delivered under this
    path: Callable[[int], str]  # below the vendor's address; takes Unix milliseconds
    objects: Callable[[bytes], Sequence[bytes] | Refusal]  # the objects on a page


Verify = Callable[[Keys, Incoming], Verified | Refusal]
Normalise = Callable[[str, bytes], Sequence[Change] | Refusal]


def no_login(_token: str) -> Mapping[str, str]:
    """Of a vendor that cannot be asked."""
    return {}


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor."""

    verify: Verify
    normalise: Normalise
    # Whether to say so when we could not read what is theirs: to some an error means "never again".
    tells_unreadable: bool = False
    polls: tuple[Poll, ...] = ()
    login: Callable[[str], Mapping[str, str]] = no_login  # headers by which we may ask


def is_signed(keys: Keys, body: bytes, signature: str) -> bool:
    """Whether a signature is base64 of HMAC-SHA256 over the body, with any of the secrets."""
    offered = signature.encode()
    return any(
        hmac.compare_digest(
            base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)), offered
        )
        for secret in keys.secrets
    )


def fingerprint(body: bytes) -> str:
    """Tells one body from another, where an id alone does not."""
    return hashlib.sha256(body).hexdigest()[:16]
