"""VietQR, the code a Vietnamese bank's app pays by: read and written, amounts in whole đồng.

EMVCo's QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1 (objects of two
digits id, two digits length, value), with NAPAS' account in object 38 (Technical Specifications on
NAPAS QR Switching, part IV). Its CRC finds typing mistakes; it proves nothing: whoever reads one
knows where money would go, not whose word that is.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from contract.errors import ContractError

NAPAS = "A000000727"
TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
DONG = "704"  # ISO 4217
LONGEST = 512  # characters; EMVCo's own limit for what a phone must read
MAX_VND = 10**12  # a NAPAS transfer ends far below

_BIN, _ACCOUNT = re.compile(r"[0-9]{6}"), re.compile(r"[0-9A-Za-z]{1,19}")
_NOTE = re.compile(r"[0-9A-Za-z .,:/\-]{0,25}")  # banks drop diacritics, or the whole note
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}(\.0{1,2})?")


@dataclass(frozen=True, slots=True)
class VietQr:
    """Where the money goes, how much, and what for. Without an amount the payer types one."""

    bank_bin: str  # six digits
    account: str
    amount_vnd: int | None = None
    note: str = ""
    service: str = TO_ACCOUNT


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE over the UTF-8 bytes: polynomial 0x1021 from 0xFFFF, four hex digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def write(wanted: VietQr) -> str:
    """The code's text; ContractError names what no bank would read."""
    _check("bank_bin", wanted.bank_bin, _BIN)
    _check("account", wanted.account, _ACCOUNT)
    _check("note", wanted.note, _NOTE)
    if wanted.service not in (TO_ACCOUNT, TO_CARD):
        raise ContractError("service", f"{wanted.service!r} is neither {TO_ACCOUNT} nor {TO_CARD}")
    if wanted.amount_vnd is not None and not 0 < wanted.amount_vnd <= MAX_VND:
        raise ContractError("amount_vnd", f"{wanted.amount_vnd} is not from 1 to {MAX_VND}")
    beneficiary = _object("00", wanted.bank_bin) + _object("01", wanted.account)
    account = _object("00", NAPAS) + _object("01", beneficiary) + _object("02", wanted.service)
    is_static = wanted.amount_vnd is None
    text = _object("00", "01") + _object("01", "11" if is_static else "12")
    text += _object("38", account) + _object("53", DONG)
    if wanted.amount_vnd is not None:
        text += _object("54", str(wanted.amount_vnd))
    text += _object("58", "VN")
    if wanted.note:
        text += _object("62", _object("08", wanted.note))
    text += "6304"
    return text + crc(text)


def read(text: str) -> VietQr:
    """What a code says; ContractError if it is none, damaged, or for another country's banks."""
    if len(text) > LONGEST or len(text) < 8 or text[-8:-4] != "6304":
        raise ContractError("vietqr", "it does not end with a CRC")
    if crc(text[:-4]) != text[-4:].upper():
        raise ContractError("crc", f"{text[-4:]!r} should be {crc(text[:-4])}")
    found = dict(_objects(text))
    if found.get("00") != "01" or found.get("53") != DONG or "38" not in found:
        raise ContractError("vietqr", "it is an EMVCo code, but none of NAPAS in đồng")
    account = dict(_objects(found["38"]))
    beneficiary = dict(_objects(account.get("01", "")))
    amount = found.get("54")
    if amount is not None:
        _check("amount", amount, _AMOUNT)
    said = VietQr(
        beneficiary.get("00", ""),
        beneficiary.get("01", ""),
        None if amount is None else int(amount.partition(".")[0]),
        dict(_objects(found.get("62", ""))).get("08", ""),
        account.get("02", ""),
    )
    if account.get("00") != NAPAS or said.service not in (TO_ACCOUNT, TO_CARD):
        raise ContractError("38", "it is no account that NAPAS knows")
    _check("bank_bin", said.bank_bin, _BIN)
    _check("account", said.account, _ACCOUNT)
    return said


def _object(number: str, value: str) -> str:
    return f"{number}{len(value):02}{value}"


def _objects(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        number, length = text[at : at + 2], text[at + 2 : at + 4]
        if not (
            f"{number}{length}".isascii() and f"{number}{length}".isdigit() and len(length) == 2
        ):
            raise ContractError("vietqr", f"there is no object at character {at}")
        end = at + 4 + int(length)
        if end > len(text):
            raise ContractError(number, f"it ends {end - len(text)} characters behind the text")
        yield number, text[at + 4 : end]
        at = end


def _check(name: str, value: str, pattern: re.Pattern[str]) -> None:
    if pattern.fullmatch(value) is None:
        raise ContractError(name, f"{value[:40]!r} is not {pattern.pattern}")
