"""Passkeys at the desk: where they work, how long a question is good, what a copy gives away.

It checks no signature and keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

QUESTION_LIFE_MS = 5 * 60 * 1000  # what WebAuthn, 15.1, gives people who find and unlock a key
MOST_PASSKEYS = 10  # each device somebody uses and a spare; nobody fills the table
DEFAULT_PORTS = {"https": 443, "http": 80}


class Unfit(StrEnum):
    """Why passkeys work at no page of this shop."""

    NO_HTTPS = "no_https"
    NO_NAME = "no_name"  # a key belongs to a name; browsers refuse it to a bare address


class Refusal(StrEnum):
    """Why somebody's passkey is not taken."""

    BAD_ANSWER = "bad_answer"  # not signed so, for another page, or no answer at all
    TOO_LATE = "too_late"
    SPENT = "spent"  # this very answer came before
    UNKNOWN = "unknown"  # removed, never ours, or of somebody who works here no longer
    COPY = "copy"
    KNOWN = "known"  # to be added, and here already
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Site:
    """The pages that passkeys are made for."""

    origin: str  # as browsers write it
    name: str  # the relying party's id


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a device made."""

    credential: str  # its id, base64url
    public_key: bytes  # COSE
    sign_count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a device had to sign, once and till then."""

    challenge: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey that signed what it was asked."""

    credential: str
    sign_count: int


def site(address: str) -> Site | Unfit:
    """The pages at an address as browsers name them: in lower case, ASCII, no usual port."""
    parts = urlsplit(address.lower())
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError:
        return Unfit.NO_NAME
    if not host or _is_number(host):
        return Unfit.NO_NAME
    is_here = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "https" and not is_here:
        return Unfit.NO_HTTPS
    is_usual = parts.port in (None, DEFAULT_PORTS[parts.scheme])
    return Site(f"{parts.scheme}://{host}" + ("" if is_usual else f":{parts.port}"), host)


def handle(staff: str) -> bytes:
    """How devices call a person: the same for all their passkeys, and no name."""
    return sha256(b"hien passkeys: " + staff.encode()).digest()


def is_copy(kept: int, said: int) -> bool:
    """Whether a count says that there are two of a key (WebAuthn, 7.2, step 22).

    A key that does not count says 0 for ever.
    """
    return (kept > 0 or said > 0) and said <= kept


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
