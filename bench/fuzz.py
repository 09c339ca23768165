"""Throws made-up advertisements at a decoder until it breaks or has had enough.

At the decoded layer: bytes go in behind hex and radio, where a coverage-guided fuzzer spent ten
million inputs on the armour in front and found nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from msgspec import Struct

from bench.adverts import beacon, noise, structures
from kiosk.core.advertisement import decode, decode_raw, from_ad_structures

INPUTS = 10_000_000
_LENGTHS = (0, 1, 2, 3, 0x15, 0x17, 0x1A, 0x1F, 0x7F, 0xFF)  # where reading tends to go wrong


class Finding(Struct, frozen=True):
    """An input that broke the decoder."""

    number: int  # of the input, counted from one
    data: bytes
    error: str


def fuzz(decoder: Callable[[bytes], object], inputs: int, seed: int) -> Finding | None:
    """Try so many inputs; the first that raises anything, or None."""
    for number, data in enumerate(generated(inputs, Random(seed)), start=1):
        try:
            decoder(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            return Finding(number, data, f"{type(error).__name__}: {error}")
    return None


def all_of_it(data: bytes) -> None:
    """Everything that the product does with an advertisement's bytes."""
    for found in decode_raw(data):
        found.fields()
        found.identity  # noqa: B018 - it is computed
    split = from_ad_structures(data, rssi_dbm=-60)
    if split is not None:
        decode(split)


def generated(inputs: int, random: Random) -> Iterator[bytes]:
    """Advertisements with a few mistakes; one in eight is plain noise."""
    seeds = [make(random) for _ in range(200) for make in (beacon, noise, url, bthome)]
    for _ in range(inputs):
        dice = random.random()
        if dice < 0.125:
            yield random.randbytes(int(dice * 8 * 62))
            continue
        data = bytearray(seeds[int(random.random() * len(seeds))])
        for _ in range(1 + int(random.random() * 3)):
            mutate(data, random)
        yield bytes(data)


def mutate(data: bytearray, random: Random) -> None:
    """One mistake: a byte changed, a length that lies, a piece cut off, left out or said twice."""
    at = int(random.random() * len(data)) if data else 0
    dice = random.random()
    if not data or dice < 0.1:
        data += random.randbytes(1 + at % 8)
    elif dice < 0.5:
        data[at] = int(random.random() * 256)
    elif dice < 0.7:
        data[at] = _LENGTHS[int(random.random() * len(_LENGTHS))]
    elif dice < 0.85:
        del data[at:]
    elif dice < 0.95:
        del data[at : at + 1 + int(random.random() * 4)]
    else:
        data[at:at] = data[at : at + 8]


def url(random: Random) -> bytes:
    """An Eddystone address; `adverts` leaves it out, because its peer cannot read one."""
    packed = bytes(random.choice(b"\x00\x01\x07\x0dabcxyz./-") for _ in range(random.randrange(18)))
    frame = b"\xaa\xfe\x10\xee" + bytes((random.randrange(4),)) + packed
    return structures((0x03, b"\xaa\xfe"), (0x16, frame))


def bthome(random: Random) -> bytes:
    """A tag that tells its battery and its button, and a sensor's values in between."""
    objects = [b"\x00\x07", b"\x01\x61", b"\x02\xc4\x09", b"\x2e\x23", b"\x3a\x01"]
    chosen = [one for one in objects if random.random() < 0.7]
    return structures((0x01, b"\x06"), (0x16, b"\xd2\xfc\x44" + b"".join(chosen)))
