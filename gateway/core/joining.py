"""What lets somebody join who has proven a telephone number: a ticket for that number alone."""

from __future__ import annotations

import hmac
from hashlib import sha256

TICKET_LIFE_MS = 15 * 60_000  # to read seven purposes and type a name
NAME_MAX = 80


def ticket(key: bytes, number: str, until_ms: int) -> str:
    """What the page gives back with the name; nobody else can write one."""
    said = f"hien joins {number} {until_ms}".encode()
    return f"{until_ms}-{hmac.new(key, said, sha256).hexdigest()}"


def is_good(key: bytes, number: str, said: str, now_ms: int) -> bool:
    """Whether that is a ticket for this number, and still good."""
    until = said.partition("-")[0]
    if not (until.isascii() and until.isdigit() and len(until) < 16):
        return False
    is_genuine = hmac.compare_digest(ticket(key, number, int(until)).encode(), said.encode())
    return is_genuine and now_ms < int(until)


def name_of(said: str) -> str | None:
    """A name as it is kept; None if it is none."""
    name = " ".join(said.split())
    return name if 1 <= len(name) <= NAME_MAX and name.isprintable() else None
