"""Base45 (RFC 9285): bytes as the characters a QR code's alphanumeric mode packs best."""

from __future__ import annotations

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
    data = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        number = sum(value * 45**place for place, value in enumerate(group))
        if len(group) == 1 or number >= 1 << 8 * (len(group) - 1):
            raise ValueError(f"characters from {start} on encode no bytes")
        data += number.to_bytes(len(group) - 1)
    return bytes(data)
