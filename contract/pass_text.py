"""What both sorts of pass share: a prefix, and 78 bytes in base45, in a QR code of version 5."""

from __future__ import annotations

import re

from contract import base45
from contract.errors import ContractError
from contract.signatures import SIGNATURE_BYTES

PASS_BYTES = 78  # one more, and a phone has to show the next larger QR code
SIGNED_BYTES = PASS_BYTES - SIGNATURE_BYTES

_BASE45 = re.compile(r"[0-9A-Z $%*+\-./:]{117}")


def write(prefix: str, data: bytes) -> str:
    """The QR text, 121 characters."""
    return prefix + base45.encode(data)


def read(prefix: str, text: str) -> bytes:
    """The 78 bytes of a pass of this prefix; ContractError if the text is none."""
    body = text.removeprefix(prefix)
    if not text.startswith(prefix) or _BASE45.fullmatch(body) is None:
        raise ContractError("pass", f"not {prefix} and 117 base45 characters")
    try:
        return base45.decode(body)
    except ValueError as error:
        raise ContractError("pass", str(error)) from error
