from __future__ import annotations

import re

import cv2
import numpy as np

from kiosk.adapters.code_reader import ZxingThenZbar
from web_ui.shared.qr import QUIET, svg

LINK = "https://shop.example/k/quay-1/5e551014c0ffee00"
SCALE_PX = 4


def test_what_is_drawn_is_read_again_and_has_its_quiet_zone() -> None:
    drawn = svg(LINK)
    side = int(re.findall(r'viewBox="0 0 (\d+) \1"', drawn)[0])
    picture = np.full((side, side), 255, np.uint8)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn):
        picture[int(y), int(x)] = 0

    assert (picture[:QUIET] == 255).all()
    assert (picture[:, -QUIET:] == 255).all()
    large = cv2.resize(picture, None, fx=SCALE_PX, fy=SCALE_PX, interpolation=cv2.INTER_NEAREST)
    assert ZxingThenZbar().read(large.astype(np.uint8)) == [LINK]
