"""What a radio hears in a shop: seven strangers' advertisements to three of beacons, by a seed."""

from __future__ import annotations

from random import Random

COUNT = 20_000
NOISE = 0.7

_FLAGS = (0x01, b"\x06")
_EDDYSTONE = (0x03, b"\xaa\xfe")


def corpus(count: int = COUNT, seed: int = 3) -> list[bytes]:
    """Advertisements as AD structures, no two alike."""
    random = Random(seed)
    return [noise(random) if random.random() < NOISE else beacon(random) for _ in range(count)]


def beacon(random: Random) -> bytes:
    """One of the formats that identify a tag, or tell how it is."""
    frames = (
        (_FLAGS, (0xFF, b"\x4c\x00\x02\x15" + random.randbytes(21))),
        (_FLAGS, (0xFF, b"\x18\x01\xbe\xac" + random.randbytes(22))),
        (_FLAGS, _EDDYSTONE, (0x16, b"\xaa\xfe\x00" + random.randbytes(17) + b"\0\0")),
        (_FLAGS, _EDDYSTONE, (0x16, b"\xaa\xfe\x30" + random.randbytes(9))),
        (_FLAGS, _EDDYSTONE, (0x16, b"\xaa\xfe\x20\x00" + random.randbytes(12))),
    )
    return structures(*random.choice(frames))


def noise(random: Random) -> bytes:
    """What phones, headsets, watches and lamps say."""
    strangers = (
        (_FLAGS, (0xFF, b"\x4c\x00\x10\x05" + random.randbytes(5))),  # an iPhone nearby
        ((0xFF, b"\x4c\x00\x12\x19" + random.randbytes(25)),),  # a lost thing of Apple's
        (_FLAGS, (0x09, random.randbytes(random.randrange(4, 20)))),  # only a name
        (_FLAGS, (0x03, b"\x0f\x18"), (0x16, b"\xf1\xfc" + random.randbytes(8)), (0x0A, b"\0")),
        ((0xFF, b"\x06\x00" + random.randbytes(27)),),  # a PC
        (_FLAGS, (0x07, random.randbytes(16))),  # a service of a maker's own
    )
    return structures(*random.choice(strangers))


def structures(*parts: tuple[int, bytes]) -> bytes:
    """AD structures, one after the other."""
    return b"".join(bytes((len(value) + 1, kind)) + value for kind, value in parts)
