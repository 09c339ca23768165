"""Finds QR codes in pictures: zxing-cpp first, zbar as second opinion; it knows no meaning of them.

On 803 photographs zxing alone read 78 % and zbar alone 60 %, at ten times the time; together
82 %. A camera shows a code many times, so a frame zxing misses is sharpened for it, and every
second one gets another attempt, in turn. A single picture gets every attempt at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from kiosk.eye.ports import Luma

MAX_TEXT = 160  # characters, as contract.events.PassText
SMALLEST_PX = 21  # version 1 has 21 x 21 modules; image steps fail on less

# Not its small cousins: passes are model 2, and the less is looked for, the less noise is read.
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)

# For zbar: dim screens went from 17 to 92 % read, and zbar became twice as fast.
_BLOCK_PX = 41  # several modules wide at arm's length
_DARKER_BY = 5

_CLAHE = (2.0, (8, 8))  # OpenCV's usual clip limit and tiles: read glare that plain zxing did not

# Of 32 phones a fifth of a second before they were held, zxing read 8 like this and none without.
_SHARPEN_PX, _SHARPEN = 9, 3.0  # two modules at arm's length; cheap, because it is a box
_LARGEST_PX = 24_000_000  # of a single picture; more pixels than any lens resolves at arm's length
_LONGEST_RATIO = 60
_ENOUGH_PX = 1280  # longest side at which most photographs are read, and each attempt is quick
_DOUBLED_PX = 13_000_000  # what most phones take; the double of more is slow and holds no more

BOM = "\ufeff"  # some generators begin with it; a code with nothing else is empty
REPLACEMENT = "\ufffd"  # where zxing could not tell what the bytes mean


class ZxingThenZbar:
    """A CodeReader. Remembers only whose turn the second opinion is; for one thread."""

    def __init__(self) -> None:
        self._misses = 0

    def read(self, frame: Luma) -> list[str]:
        """The texts of all QR codes found, ASCII only; empty if there is none."""
        texts = self.glance(frame)
        if texts or min(frame.shape) < SMALLEST_PX:
            return texts
        self._misses += 1
        texts = _ours(_zxing_on_sharpened(frame))
        if not texts and self._misses % 2:  # all of it on every frame is too much for a Pi 4
            texts = _ours(_ROUND[self._misses // 2 % len(_ROUND)](frame))
        return texts

    def glance(self, frame: Luma) -> list[str]:
        """What zxing-cpp reads in the frame as it is, ASCII only."""
        return [] if min(frame.shape) < SMALLEST_PX else _ours(read_by_zxing(frame))


def read_still(picture: Luma) -> list[str]:
    """The texts of the QR codes in a single picture, in any script; empty if there are none.

    Every attempt in turn until one of them reads something.
    """
    if min(picture.shape) < SMALLEST_PX:
        return []
    for attempt, shown in _attempts(picture):
        texts = [text for text in attempt(shown) if text.strip(BOM) and REPLACEMENT not in text]
        if texts:
            return list(dict.fromkeys(texts))
    return []


def read_by_zxing(frame: Luma) -> list[str]:
    """What zxing-cpp reads by itself.

    Its default text mode would rewrite control characters and GS1 codes.
    """
    found = zxingcpp.read_barcodes(frame, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found]


def read_by_zbar(frame: Luma) -> list[str]:
    """What zbar reads by itself, ASCII only.

    Beyond ASCII it guesses: it read half-width katakana as Chinese.
    """
    found = pyzbar.decode(frame, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode("ascii") for code in found if code.data.isascii()]


def _zbar_on_threshold(frame: Luma) -> list[str]:
    return read_by_zbar(_threshold(frame))


def _zbar_on_negative(frame: Luma) -> list[str]:
    """Light on dark, which only zxing sees by itself."""
    return read_by_zbar(_threshold(_luma(cv2.bitwise_not(frame))))


def _zxing_on_threshold(frame: Luma) -> list[str]:
    return read_by_zxing(_threshold(frame))


def _zbar_on_half(frame: Luma) -> list[str]:
    return read_by_zbar(_scaled(frame, 1 / 2))


def _zbar_on_quarter(frame: Luma) -> list[str]:
    """A phone held too close: zbar finds nothing in large modules and screen texture."""
    return read_by_zbar(_scaled(frame, 1 / 4))


def _zxing_on_half(frame: Luma) -> list[str]:
    return read_by_zxing(_scaled(frame, 1 / 2))


def _zxing_on_quarter(frame: Luma) -> list[str]:
    return read_by_zxing(_scaled(frame, 1 / 4))


def _zxing_on_double(frame: Luma) -> list[str]:
    return read_by_zxing(_scaled(frame, 2))


def _zxing_on_contrast(frame: Luma) -> list[str]:
    return read_by_zxing(_contrast(frame))


def _zxing_on_contrast_doubled(frame: Luma) -> list[str]:
    """Nearly dark: of 12 codes with a sixth of the contrast it read all, on contrast alone 5."""
    return read_by_zxing(_scaled(_contrast(frame), 2))


def _zxing_on_sharpened(frame: Luma) -> list[str]:
    """A phone on its way: out of focus, or moved while the shutter was open."""
    return read_by_zxing(_sharpened(frame))


def _zxing_on_sharpened_doubled(frame: Luma) -> list[str]:
    return read_by_zxing(_scaled(_sharpened(frame), 2))


Attempt = Callable[[Luma], list[str]]

_FIRST = (_zxing_on_double, _zbar_on_threshold, _zxing_on_contrast_doubled)
_ROUND: tuple[Attempt, ...] = (*_FIRST, _zbar_on_half, *_FIRST, _zbar_on_quarter)

# For single pictures: first what reads most for its time.
_ON_ENLARGED: tuple[Attempt, ...] = (
    _zxing_on_double,
    _zxing_on_contrast_doubled,
    _zxing_on_sharpened_doubled,
)
_ON_ANY: tuple[Attempt, ...] = (
    read_by_zxing,
    _zxing_on_sharpened,
    _zbar_on_threshold,
    _zxing_on_contrast,
    _zxing_on_half,
    _zxing_on_quarter,
    _zxing_on_threshold,
    _zbar_on_half,
    _zbar_on_quarter,
    read_by_zbar,
    _zbar_on_negative,
)


def _attempts(picture: Luma) -> Iterator[tuple[Attempt, Luma]]:
    """Whom to ask about which version of a picture, one after the other."""
    most = picture
    # A strip is no photograph, and zxing raises an error beyond a side of 65,535.
    if max(picture.shape) > _LONGEST_RATIO * min(picture.shape):
        return
    if picture.size > _LARGEST_PX:
        most = _scaled(picture, (_LARGEST_PX / picture.size) ** 0.5)
    enough = most
    if max(most.shape) > _ENOUGH_PX:
        enough = _scaled(most, _ENOUGH_PX / max(most.shape))
    yield read_by_zxing, most
    for attempt in (*_ON_ANY[:3], *_ON_ENLARGED, *_ON_ANY[3:]):
        yield attempt, enough
    if enough is most:
        return
    for attempt in _ON_ANY[1:]:
        yield attempt, most
    if most.size <= _DOUBLED_PX:
        for attempt in _ON_ENLARGED:
            yield attempt, most


def _contrast(frame: Luma) -> Luma:
    return _luma(cv2.createCLAHE(*_CLAHE).apply(frame))


def _sharpened(frame: Luma) -> Luma:
    soft = cv2.blur(frame, (_SHARPEN_PX, _SHARPEN_PX))
    return _luma(cv2.addWeighted(frame, 1 + _SHARPEN, soft, -_SHARPEN, 0))


def _threshold(frame: Luma) -> Luma:
    mean, binary = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY
    return _luma(cv2.adaptiveThreshold(frame, 255, mean, binary, _BLOCK_PX, _DARKER_BY))


def _scaled(frame: Luma, factor: float) -> Luma:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return _luma(cv2.resize(frame, None, fx=factor, fy=factor, interpolation=how))


def _luma(image: object) -> Luma:
    return np.asarray(image, dtype=np.uint8)


def _ours(found: Iterable[str]) -> list[str]:
    """Each text once. Ours are ASCII and short; anything else could only do harm further on."""
    return list(dict.fromkeys(t for t in found if t.isascii() and 0 < len(t) <= MAX_TEXT))
