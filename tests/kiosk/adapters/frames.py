"""Frames as a kiosk's camera takes them: a code on paper or a phone, held more or less well."""

from dataclasses import dataclass

import cv2
import numpy as np
import segno

from kiosk.eye.ports import Luma

WIDTH_PX, HEIGHT_PX = 1280, 720


def empty(seed: int = 0, noise: float = 4.0) -> Luma:
    """A shop out of focus: soft blobs of light and sensor noise."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(40, 200, (9, 16)).astype(np.float32)
    scene = cv2.resize(coarse, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    return _pixels(scene + random.normal(0, noise, scene.shape))


def code(text: str, side_px: float, *, inverted: bool = False) -> Luma:
    """A QR code with its quiet zone, about so large."""
    qr = segno.make(text, error="m", micro=False, boost_error=False)
    modules = np.array(list(qr.matrix_iter(border=4)), dtype=np.uint8)
    image = np.where((modules > 0) ^ inverted, 15, 240).astype(np.uint8)
    scale = side_px / len(image)
    return _pixels(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST))


@dataclass(frozen=True)
class Hand:
    """How somebody holds a code: `tilt` narrows its far side, `light` is the contrast left."""

    tilt: float = 0.0
    turn_deg: float = 0.0
    blur_px: float = 0.7
    light: float = 1.0
    grain: float = 3.0


STEADY = Hand()


def held_up(image: Luma, hand: Hand = STEADY) -> Luma:
    """An image before the camera."""
    side = len(image)
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    turn = cv2.getRotationMatrix2D((0, 0), hand.turn_deg, 1)
    turned = np.asarray(cv2.transform((corners - side / 2)[None], turn)[0])
    turned[:2] *= 1 - hand.tilt
    where = turned + np.array([WIDTH_PX / 2, HEIGHT_PX / 2], np.float32)
    warp = cv2.getPerspectiveTransform(corners, where.astype(np.float32))
    size = (WIDTH_PX, HEIGHT_PX)
    inside = np.asarray(cv2.warpPerspective(np.ones_like(image), warp, size)) > 0
    seen = np.asarray(cv2.warpPerspective(image, warp, size, flags=cv2.INTER_AREA))
    frame = np.where(inside, seen, empty()).astype(np.float32)
    blurred = np.asarray(cv2.GaussianBlur(frame, (0, 0), hand.blur_px))
    grain = np.random.default_rng(1).normal(0, hand.grain, frame.shape)
    return _pixels(blurred * hand.light + 20 * (1 - hand.light) + grain)


def sunlit(frame: Luma, seed: int, side_px: float) -> Luma:
    """Spots of light fall on whatever is held in the middle."""
    random = np.random.default_rng(seed)
    y_px, x_px = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    lit = frame.astype(np.float32)
    for _ in range(8):
        x, y = (WIDTH_PX, HEIGHT_PX) / np.array(2) + random.uniform(-0.5, 0.5, 2) * side_px
        spread = random.uniform(4, 30)
        distance = (x_px - x) ** 2 + (y_px - y) ** 2
        lit += random.uniform(50, 300) * np.exp(-distance / (2 * spread**2))
    return _pixels(lit)


def too_close(frame: Luma, cell_px: int = 7, grain: float = 27.0) -> Luma:
    """A screen so near that the gaps between its cells are seen."""
    y_px, x_px = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    gaps = (x_px % cell_px == 0) | (y_px % cell_px == 0)
    noise = np.random.default_rng(2).normal(0, grain, frame.shape)
    return _pixels(np.where(gaps, frame * 0.1, frame) + noise)


def _pixels(image: object) -> Luma:
    pixels: Luma = np.clip(np.asarray(image), 0, 255).astype(np.uint8)
    return pixels
