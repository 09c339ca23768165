"""Pictures as a kiosk's camera would take them: a shop, and sometimes a phone with a QR code.

A pinhole camera of 1280 x 720 with a 66 degree field of view, the Camera Module 3's. The phone is
placed in millimetres, turned and tilted; while the hand comes to rest and the lens settles, over
about 0.7 s, the picture is smeared and out of focus. Frames take 2 to 4 ms, because only the part
that the phone covers is drawn anew. It reads no code and knows no clock.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, exp, radians, sin

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from kiosk.eye.ports import Luma
from simulator.wire import HeldPhone

WIDTH_PX, HEIGHT_PX = 1280, 720
FOCAL_PX = 985.0  # 640 px / tan(66 degrees / 2)
EXPOSURE_S = 0.008  # short, as the real camera is set, because phones move and shine

PHONE_MM = (72.0, 150.0)
CODE_MM = 52.0  # with its quiet zone; about what wallet apps draw on such a phone
CODE_TOP_MM = 42.0
PX_PER_MM = 7.0  # of the drawn phone; twice what the camera sees at 30 cm

SETTLES_S = 0.27  # time constant of hand and lens: after 0.7 s 7 % are left
RISE_MM = 60.0  # the hand comes from below
TREMOR_MM = 0.8
BLUR_PX = 4.0  # defocus at first, as the sigma of a Gaussian
SHARPEST_PX = 0.7  # a fixed lens is never quite in focus
NOISE = 3.5  # grey levels, one sigma, at indoor gain
NOISES = 4  # noise patterns that take turns; a motion gate cannot tell them from fresh noise
LIGHTS = 5  # steps of the room's brightness; each costs 4 MB once it was seen
MARGIN_PX = 24  # blur reaches this far beyond the phone

Signed = NDArray[np.int16]


class Shop:
    """What the camera sees behind a phone: shelves and lamps, out of focus, with noise."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._bright = _scene(rng)
        self._noise: list[Signed] = [
            rng.normal(0, NOISE, (HEIGHT_PX, WIDTH_PX)).astype(np.int16) for _ in range(NOISES)
        ]
        self._stills: dict[float, list[Luma]] = {}

    def frame(self, number: int, t_s: float, phone: HeldPhone | None, room: float = 0.8) -> Luma:
        """The n-th frame, taken at `t_s`; 1280 x 720 grey levels, the caller's to keep."""
        light = round(LIGHTS * (phone.room if phone else room)) / LIGHTS
        frame = self._still(light)[number % NOISES].copy()
        if phone is not None:
            _hold(frame, self._noise[(number + 1) % NOISES], phone, t_s - phone.since_s)
        return frame

    def _still(self, light: float) -> list[Luma]:
        if light not in self._stills:
            scene = self._bright.astype(np.float32) * light
            self._stills[light] = [
                np.clip(scene + noise, 0, 255).astype(np.uint8) for noise in self._noise
            ]
        return self._stills[light]


def _scene(rng: np.random.Generator) -> Luma:
    """Boxes on shelves under lamps, as blurred as a lens focused on 20 cm makes them."""
    scene = np.full((HEIGHT_PX, WIDTH_PX), 96, np.uint8)
    scene += np.linspace(60, 0, HEIGHT_PX, dtype=np.uint8)[:, None]
    for _ in range(70):
        left, top = int(rng.integers(0, WIDTH_PX)), int(rng.integers(200, HEIGHT_PX))
        right, bottom = left + int(rng.integers(30, 160)), top + int(rng.integers(30, 200))
        cv2.rectangle(scene, (left, top), (right, bottom), int(rng.integers(30, 200)), -1)
    for _ in range(5):
        at = (int(rng.integers(0, WIDTH_PX)), int(rng.integers(0, 160)))
        cv2.circle(scene, at, int(rng.integers(12, 40)), 250, -1)
    return cv2.GaussianBlur(scene, (0, 0), 9).astype(np.uint8)


@lru_cache(maxsize=8)
def drawn_phone(text: str) -> Luma:
    """A phone from the front, its screen at full brightness: white page, code, lines of text."""
    width, height = (round(side * PX_PER_MM) for side in PHONE_MM)
    phone = np.full((height, width), 12, np.uint8)
    edge = round(3 * PX_PER_MM)
    phone[edge * 2 : -edge * 2, edge:-edge] = 255
    for line in range(4):  # the member's greeting and the shop's name
        top = round((16 + 5 * line) * PX_PER_MM)
        phone[top : top + 12, edge * 3 : width - edge * (4 + 3 * (line % 2))] = 90
    side = round(CODE_MM * PX_PER_MM)
    left, top = (width - side) // 2, round(CODE_TOP_MM * PX_PER_MM)
    phone[top : top + side, left : left + side] = _code(text, side)
    button = round(110 * PX_PER_MM)
    phone[button : button + 60, edge * 4 : width - edge * 4] = 70
    return phone


def _code(text: str, side_px: int) -> Luma:
    """The QR code with its quiet zone of four modules, black on white."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    modules = np.array([list(row) for row in code.matrix_iter(border=4)], np.uint8)
    picture = (255 * (1 - modules)).astype(np.uint8)
    return cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_NEAREST).astype(np.uint8)


def _hold(frame: Luma, noise: Signed, phone: HeldPhone, held_s: float) -> None:
    """Draw a phone into a frame, in place."""
    unsettled = exp(-max(held_s, 0.0) / SETTLES_S)
    corners = _corners(phone, held_s, unsettled)
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - MARGIN_PX, 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + MARGIN_PX
    size = (int(min(right, WIDTH_PX) - left), int(min(bottom, HEIGHT_PX) - top))
    if min(size) <= 0:
        return  # not in the picture
    there = (corners - (left, top)).astype(np.float32)
    drawn = drawn_phone(phone.text)
    warp = cv2.getPerspectiveTransform(_outline(drawn), there)
    seen = cv2.warpPerspective(drawn, warp, size).astype(np.uint8)
    cover = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(cover, np.rint(there).astype(np.int32), 255)
    blur_px = SHARPEST_PX + BLUR_PX * unsettled
    smear_px = _speed_mm_s(unsettled) * EXPOSURE_S * FOCAL_PX / phone.far_mm
    glass = _smeared(seen, blur_px, smear_px)
    share = _smeared(cover, blur_px, smear_px) / np.float32(255)
    dark, bright = 6 + 14 * phone.room, 70 + 180 * phone.glow
    part = slice(top, top + size[1]), slice(left, left + size[0])
    shining = glass * np.float32((bright - dark) / 255) + np.float32(dark) + noise[part]
    mixed = frame[part] + share * (shining - frame[part])
    frame[part] = np.clip(mixed, 0, 255).astype(np.uint8)


def _corners(phone: HeldPhone, held_s: float, unsettled: float) -> NDArray[np.float64]:
    """Where the phone's four corners are in the picture, in pixels."""
    wide, high = PHONE_MM[0] / 2, PHONE_MM[1] / 2
    flat = np.array([(-wide, -high, 0), (wide, -high, 0), (wide, high, 0), (-wide, high, 0)])
    tremor_mm = TREMOR_MM * sin(held_s * 9.1), TREMOR_MM * sin(held_s * 7.3)
    place_mm = (
        phone.right_mm + tremor_mm[0],
        phone.down_mm + tremor_mm[1] + RISE_MM * unsettled,
        phone.far_mm,
    )
    space = flat @ _turned(radians(phone.turn_deg), radians(phone.tilt_deg)).T + place_mm
    middle = (WIDTH_PX / 2, HEIGHT_PX / 2)
    return np.asarray(FOCAL_PX * space[:, :2] / space[:, 2:] + middle)


def _turned(turn_rad: float, tilt_rad: float) -> NDArray[np.float64]:
    """First tilted away at the top, then turned in the plane of the picture."""
    tilt = np.array(
        [(1, 0, 0), (0, cos(tilt_rad), -sin(tilt_rad)), (0, sin(tilt_rad), cos(tilt_rad))]
    )
    turn = np.array(
        [(cos(turn_rad), -sin(turn_rad), 0), (sin(turn_rad), cos(turn_rad), 0), (0, 0, 1)]
    )
    return np.asarray(turn @ tilt)


def _speed_mm_s(unsettled: float) -> float:
    """How fast the phone moves upwards: the derivative of its rise, and a hand's tremor."""
    return RISE_MM / SETTLES_S * unsettled + 5 * TREMOR_MM


def _smeared(picture: Luma, blur_px: float, smear_px: float) -> NDArray[np.float32]:
    """Out of focus, and moved up and down while the shutter was open."""
    blurred = cv2.GaussianBlur(picture, (0, 0), blur_px)
    if smear_px >= 1.5:  # shorter than that is less than the lens's own blur
        blurred = cv2.blur(blurred, (1, round(smear_px)))
    return blurred.astype(np.float32)


def _outline(picture: Luma) -> NDArray[np.float32]:
    height, width = picture.shape
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
