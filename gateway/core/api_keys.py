"""Keys by which other systems speak to the REST API: how one looks, and what it may do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

PREFIX_BYTES = 4  # shown in lists; tells keys apart and gives nothing away
SECRET_BYTES = 24  # 2**192: nobody guesses one, so its plain hash may be kept

_KEY = re.compile(r"hien_([0-9a-f]{8})_([0-9a-f]{48})", re.ASCII)


class Scope(StrEnum):
    """What a key may be allowed; nothing follows from anything else."""

    PROFILES_READ = "profiles:read"
    PROFILES_WRITE = "profiles:write"
    APPOINTMENTS_READ = "appointments:read"
    APPOINTMENTS_WRITE = "appointments:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    EVENTS_READ = "events:read"
    MESSAGES_WRITE = "messages:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    REDEMPTIONS_WRITE = "redemptions:write"
    SALES_READ = "sales:read"
    SALES_WRITE = "sales:write"
    VOUCHERS_READ = "vouchers:read"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key. Only its digest is ever kept."""

    prefix: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """As it stands in `Authorization: Bearer …`."""
        return f"hien_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> str:
        """What the gateway keeps of it."""
        return sha256(self.text.encode()).hexdigest()


def make(random_bytes: Callable[[int], bytes]) -> ApiKey:
    """A new key, of bytes that nobody can foresee."""
    return ApiKey(random_bytes(PREFIX_BYTES).hex(), random_bytes(SECRET_BYTES).hex())


def read(text: str) -> ApiKey | None:
    """The key in a text; None if it has not the form of one."""
    found = _KEY.fullmatch(text)
    return None if found is None else ApiKey(found[1], found[2])


def scopes(words: Iterable[str]) -> frozenset[Scope] | str:
    """Scopes by their names; else the first word that is none."""
    known = {str(scope): scope for scope in Scope}
    found = set()
    for word in words:
        if word not in known:
            return word
        found.add(known[word])
    return frozenset(found)
