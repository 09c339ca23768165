"""Public Ed25519 keys in a settings file: each under its number, as `5 = "hex"`.

Knows no private key and makes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

KeyHex = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def _named_by_number(keys: dict[str, str]) -> dict[str, str]:
    for name in keys:
        if not (name.isascii() and name.isdigit() and int(name) <= 255):
            raise ValueError(f"key {name!r} must be named by its number, 0 to 255")
    return keys


# Two live and two coming: more at once would only be more to steal.
PublicKeys = Annotated[dict[str, KeyHex], Field(max_length=4), AfterValidator(_named_by_number)]


def by_number(keys: Mapping[str, str]) -> dict[int, bytes]:
    """The keys as bytes, by number."""
    return {int(number): bytes.fromhex(key) for number, key in keys.items()}
