"""The code on a shelf: a GS1 Digital Link, the web address of one product.

`https://host/any/path/01/GTIN[/22/variant][/10/lot][/21/serial][?17=YYMMDD]`, uncompressed (GS1
Digital Link Standard: URI Syntax 1.4, section 4). It says what a thing is and is no proof of
anything: whoever prints a sticker can print any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from contract.errors import ContractError

LONGEST = 512  # characters; a sticker's code has a hundred at most

_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_PART = re.compile(r"[!%-?A-Z_a-z\"]{1,20}")  # GS1 General Specifications, character set 82
_EXPIRY = re.compile(r"[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])")
_ORDER = ("22", "10", "21")  # variant, lot, serial: each at most once, in this order


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """One product, and perhaps which one of them. `gtin` always has 14 digits."""

    host: str
    gtin: str
    variant: str = ""
    lot: str = ""
    serial: str = ""
    expires: str = ""  # YYMMDD; day 00 means the end of the month


def read(text: str) -> DigitalLink:
    """What a shelf's code says; ContractError if it is none, or its check digit is wrong."""
    if len(text) > LONGEST:
        raise ContractError("link", f"{len(text)} characters; at most {LONGEST}")
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError as error:
        raise ContractError("link", str(error)) from error
    steps = parts.path.split("/")[1:]
    if parts.scheme not in ("https", "http") or not host or "01" not in steps[:-1]:
        raise ContractError("link", "it is no web address with /01/ and a GTIN")
    at = len(steps) - 1 - steps[::-1].index("01", 1)
    gtin, *rest = steps[at + 1 :]
    said = dict(_qualifiers(rest))
    expires = dict(parse_qsl(parts.query)).get("17", "")
    if expires and _EXPIRY.fullmatch(expires) is None:
        raise ContractError("17", f"{expires[:20]!r} is no day like 261231")
    return DigitalLink(
        host, _checked(gtin), said.get("22", ""), said.get("10", ""), said.get("21", ""), expires
    )


def write(link: DigitalLink) -> str:
    """The address to print, on https; ContractError if it would not be one."""
    steps = ["01", _checked(link.gtin)]
    for number, value in zip(_ORDER, (link.variant, link.lot, link.serial), strict=True):
        if value:
            steps += [number, quote(value, safe="")]
    text = f"https://{link.host}/{'/'.join(steps)}" + (link.expires and f"?17={link.expires}")
    read(text)
    return text


def check_digit(digits: str) -> int:
    """The last digit of a GTIN, from those before it (GS1 General Specifications, 7.9.1)."""
    weighted = (
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits[::-1])
    )
    return -sum(weighted) % 10


def _checked(gtin: str) -> str:
    if _GTIN.fullmatch(gtin) is None:
        raise ContractError("gtin", f"{gtin[:20]!r} is not 8, 12, 13 or 14 digits")
    if check_digit(gtin[:-1]) != int(gtin[-1]):
        raise ContractError("gtin", f"{gtin}: the check digit should be {check_digit(gtin[:-1])}")
    return gtin.zfill(14)


def _qualifiers(steps: list[str]) -> list[tuple[str, str]]:
    if steps and not steps[-1]:
        steps = steps[:-1]  # a slash at the end
    numbers, values = steps[::2], [unquote(value) for value in steps[1::2]]
    places = [_ORDER.index(number) for number in numbers if number in _ORDER]
    if len(numbers) != len(values) or len(places) != len(numbers):
        raise ContractError("link", "behind the GTIN come /22/, /10/ and /21/ with their values")
    if sorted(set(places)) != places:
        raise ContractError("link", "/22/, /10/ and /21/ come once each, in this order")
    for number, value in zip(numbers, values, strict=True):
        if _PART.fullmatch(value) is None:
            raise ContractError(number, f"{value[:30]!r} is not 1 to 20 letters, digits and signs")
    return list(zip(numbers, values, strict=True))
