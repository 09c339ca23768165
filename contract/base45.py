"""Base45 (RFC 9285): bytes as the characters a QR code's alphanumeric mode packs best."""

from __future__ import annotations

import struct

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {char: value for value, char in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Two bytes become three characters, a last single byte becomes two."""
    text: list[str] = []
    for start in range(0, len(data) - 1, 2):
        rest, low = divmod(data[start] << 8 | data[start + 1], 45)
        high, middle = divmod(rest, 45)
        text += (ALPHABET[low], ALPHABET[middle], ALPHABET[high])
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        text += (ALPHABET[low], ALPHABET[high])
    return "".join(text)


def decode(text: str) -> bytes:
    """The bytes behind a base45 text; ValueError if it is none."""
    try:
        values = [_VALUES[char] for char in text]
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is not a base45 character") from None
    whole = len(values) // 3 * 3
    triples = zip(values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True)
    words = [low + 45 * middle + 2025 * high for low, middle, high in triples]
    rest = values[whole:]
    if (words and max(words) > 0xFFFF) or len(rest) == 1:
        raise ValueError("some of its characters encode no bytes")
    data = struct.pack(f">{len(words)}H", *words)
    if not rest:
        return data
    byte = rest[0] + 45 * rest[1]
    if byte > 0xFF:
        raise ValueError("its last characters encode no bytes")
    return data + bytes((byte,))
