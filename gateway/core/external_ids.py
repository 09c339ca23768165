"""What others call a member: phone number, e-mail address, Zalo, a web shop. One spelling of each.

Two spellings of one number would be two people; so whatever comes in is written one way first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

COUNTRY = "+84"  # a number that begins with 0 is one of this country (ITU-T E.164)
LONGEST = 80  # of what a web shop or Zalo calls somebody; theirs have 20 digits at most

_SPACES = {ord(letter): None for letter in " .-()/\u00a0"}
_E164 = re.compile(r"\+[1-9]\d{7,14}")  # E.164: at most 15 digits; no country has fewer than 8
# Not all that RFC 5321 allows: what people have, without the quoted forms nobody has.
_EMAIL = re.compile(r"[^\s@,;:<>\"()\[\]\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")


class IdKind(StrEnum):
    """By what a member is known elsewhere."""

    PHONE = "phone"
    EMAIL = "email"
    ZALO = "zalo"
    SHOP = "shop"  # as the web shop's connector writes it, for instance shopify:207119551


def external_id(kind: IdKind, said: str) -> str | None:
    """The one spelling, `phone:+84901234512`, which is unique; None if it cannot be one."""
    value = SPELLING[kind](said)
    return None if value is None else f"{kind.value}:{value}"


def kind_of(external: str) -> IdKind:
    """What sort of id this is."""
    return IdKind(external.partition(":")[0])


def e164(said: str) -> str | None:
    """A telephone number as all the world writes it (ITU-T E.164), or None."""
    number = said.translate(_SPACES)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.startswith("0"):
        number = f"{COUNTRY}{number[1:]}"
    elif number.startswith(COUNTRY[1:]) and len(number) >= 11:  # +84 without its plus
        number = f"+{number}"
    return number if number.isascii() and _E164.fullmatch(number) else None


def email(said: str) -> str | None:
    """An e-mail address in small letters, or None. Providers tell no capitals apart."""
    address = said.strip().lower()
    return address if _EMAIL.fullmatch(address) else None


def verbatim(said: str) -> str | None:
    """What somebody else's system calls them, as it writes it, or None."""
    value = said.strip()
    return value if 0 < len(value) <= LONGEST and value.isprintable() else None


SPELLING: dict[IdKind, Callable[[str], str | None]] = {
    IdKind.PHONE: e164,
    IdKind.EMAIL: email,
    IdKind.ZALO: verbatim,
    IdKind.SHOP: verbatim,
}


def spellings(said: str) -> list[str]:
    """All that a person at a counter may mean by what they say."""
    found = (external_id(kind, said) for kind in (IdKind.PHONE, IdKind.EMAIL, IdKind.ZALO))
    return [one for one in found if one is not None]
