"""Finds QR codes in frames: zxing-cpp first, zbar as second opinion; it knows no meaning of them.

On 803 photographs zxing alone read 78 % and zbar alone 60 %, at ten times the time; together
82 %. A camera shows a code many times, so a frame zxing misses gets one other attempt, in turn:
within four frames each of them has had its chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from kiosk.ports import Luma

MAX_TEXT = 160  # characters, as contract.events.PassText
SMALLEST_PX = 21  # version 1 has 21 x 21 modules; image steps fail on less

# Not its small cousins: passes are model 2, and the less is looked for, the less noise is read.
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)

# For zbar: dim screens went from 17 to 92 % read, and zbar became twice as fast.
_BLOCK_PX = 41  # several modules wide at arm's length
_DARKER_BY = 5

_CLAHE = (2.0, (8, 8))  # OpenCV's usual clip limit and tiles: read glare that plain zxing did not


class ZxingThenZbar:
    """A CodeReader. Remembers only whose turn the second opinion is; for one thread."""

    def __init__(self) -> None:
        self._misses = 0

    def read(self, frame: Luma) -> list[str]:
        """The texts of all QR codes found, ASCII only; empty if there is none."""
        if min(frame.shape) < SMALLEST_PX:
            return []
        texts = _texts(_zxing(frame))
        if not texts:
            second_opinion = _ROUNDS[self._misses % len(_ROUNDS)]
            self._misses += 1
            texts = _texts(second_opinion(frame))
        return texts


def _zxing(frame: Luma) -> list[str]:
    """Its default text mode would rewrite control characters and GS1 codes."""
    found = zxingcpp.read_barcodes(frame, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found]


def _zbar(frame: Luma) -> list[str]:
    found = pyzbar.decode(frame, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode("utf-8", "replace") for code in found]


def _zbar_on_threshold(frame: Luma) -> list[str]:
    mean, binary = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY
    return _zbar(_luma(cv2.adaptiveThreshold(frame, 255, mean, binary, _BLOCK_PX, _DARKER_BY)))


def _zxing_on_contrast(frame: Luma) -> list[str]:
    return _zxing(_luma(cv2.createCLAHE(*_CLAHE).apply(frame)))


def _zbar_on_half(frame: Luma) -> list[str]:
    return _zbar(_scaled(frame, 1 / 2))


def _zbar_on_quarter(frame: Luma) -> list[str]:
    """A phone held too close: zbar finds nothing in large modules and screen texture."""
    return _zbar(_scaled(frame, 1 / 4))


def _zxing_on_double(frame: Luma) -> list[str]:
    return _zxing(_scaled(frame, 2))


_ROUND = (_zbar_on_threshold, _zxing_on_contrast, _zbar_on_half, _zxing_on_double)
_CLOSE_ROUND = (_zbar_on_threshold, _zxing_on_contrast, _zbar_on_quarter, _zxing_on_double)
_ROUNDS: tuple[Callable[[Luma], list[str]], ...] = _ROUND * 3 + _CLOSE_ROUND


def _scaled(frame: Luma, factor: float) -> Luma:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return _luma(cv2.resize(frame, None, fx=factor, fy=factor, interpolation=how))


def _luma(image: object) -> Luma:
    return np.asarray(image, dtype=np.uint8)


def _texts(found: Iterable[str]) -> list[str]:
    """Each text once. Ours are ASCII and short; anything else could only do harm further on."""
    return list(dict.fromkeys(t for t in found if t.isascii() and 0 < len(t) <= MAX_TEXT))
