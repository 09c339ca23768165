"""Which printed entry card somebody means who wants it ended: by its number or by its QR text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from contract import retailer_passes
from contract.errors import ContractError
from contract.retailer_passes import Sort

_NUMBER = re.compile("[0-9a-f]{16}")


class Problem(Enum):
    """Why no card is meant."""

    UNREADABLE = "neither a card's number nor what its QR code says"
    NOT_OURS = "signed by no key in [passes]"
    OTHER_SORT = "a voucher, a pick-up or an appointment, and no entry card"


def number_of(said: str, keys: Mapping[int, str]) -> str | Problem:
    """The 16 hex digits of a card. `keys` are the public keys that sign cards, by number.

    A number is taken as it is; a text only if it is genuine, for else anybody could print one that
    ends the card of another.
    """
    said = said.strip()
    if _NUMBER.fullmatch(said):
        return said
    try:
        shown = retailer_passes.read(said)
    except ContractError:
        return Problem.UNREADABLE
    key = keys.get(shown.key_id)
    if key is None or not retailer_passes.is_genuine(shown, bytes.fromhex(key)):
        return Problem.NOT_OURS
    return shown.pass_id if shown.sort is Sort.ENTRY_CARD else Problem.OTHER_SORT
