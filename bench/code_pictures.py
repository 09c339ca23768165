"""Pictures of QR codes as a kiosk's camera would take them, and of shops without any.

Thirteen ways to hold a code, and one that fills the frame, in three resolutions; every picture
follows from its seed. The project has no photographs: these are a yardstick for changes of the
reader, not a promise about a shop. It reads no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin, sqrt

import cv2
import numpy as np
import segno
from numpy.random import Generator
from numpy.typing import NDArray

from contract import base45
from kiosk.eye.ports import Luma

SIZES_PX = ((640, 480), (1280, 720), (1920, 1080))
QUIET = 4  # modules of white around a code (ISO/IEC 18004, 6.3.8)
PASS_BYTES = 78  # a member pass, the code a kiosk sees most: version 5
LINK = "https://hien.example/01/09506000134352/21/{}"  # what stands on a shelf: version 3 or 4

Scene = NDArray[np.float32]


@dataclass(frozen=True)
class Picture:
    """A frame, how it came about, and what may be read in it."""

    category: str
    frame: Luma
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """How one code is held. Lengths in modules follow the code, whatever its size in pixels."""

    module_px: float
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    tilt_axis_deg: float = 0.0
    blur_modules: float = 0.0
    motion_modules: float = 0.0
    motion_deg: float = 0.0
    black: float = 20.0
    white: float = 235.0
    inverted: bool = False
    moire: float = 0.0  # grey levels between a screen's lines and the sensor's
    glare: float = 0.0  # grey levels in the middle of a reflected lamp
    thumb: float = 0.0  # share of the code that is covered
    noise: float = 3.0  # grey levels, one sigma


def kiosk(random: Generator, scale: float) -> Held:
    """The ordinary case, and what all others begin from."""
    return Held(
        module_px=scale * random.uniform(3.2, 6.0),
        turn_deg=random.uniform(-12, 12),
        tilt_deg=random.uniform(0, 20),
        tilt_axis_deg=random.uniform(0, 360),
        blur_modules=random.uniform(0.12, 0.3),
        motion_modules=random.uniform(0, 0.3),
        motion_deg=random.uniform(0, 180),
        black=random.uniform(10, 50),
        white=random.uniform(150, 240),
        noise=random.uniform(2, 6),
    )


def _defocus(random: Generator, held: Held) -> Held:
    return replace(held, blur_modules=random.uniform(0.35, 0.75))


def _motion(random: Generator, held: Held) -> Held:
    return replace(held, motion_modules=random.uniform(0.6, 2.2))


def _dim(random: Generator, held: Held) -> Held:
    black = random.uniform(8, 60)
    return replace(held, black=black, white=black + random.uniform(25, 60))


def _filling(random: Generator, held: Held) -> Held:
    """`module_px` is set by the frame: the code reaches its edges."""
    return replace(held, module_px=0.0, tilt_deg=random.uniform(0, 8), turn_deg=0.0)


CATEGORIES: dict[str, Callable[[Generator, Held], Held]] = {
    "clean": lambda _, h: Held(module_px=h.module_px, noise=1.0),
    "kiosk": lambda _, h: h,
    "tilt": lambda r, h: replace(h, tilt_deg=r.uniform(28, 55)),
    "rotate": lambda r, h: replace(h, turn_deg=r.uniform(0, 360)),
    "defocus": _defocus,
    "motion": _motion,
    "dim": _dim,
    "glare": lambda r, h: replace(h, glare=r.uniform(150, 500)),
    "moire": lambda r, h: replace(h, moire=r.uniform(25, 70)),
    "thumb": lambda r, h: replace(h, thumb=r.uniform(0.04, 0.12)),
    "inverted": lambda _, h: replace(h, inverted=True),
    "small": lambda r, h: replace(h, module_px=r.uniform(2.2, 3.2)),
    "several": lambda _, h: replace(h, module_px=h.module_px * 0.6),
    "filling": _filling,
}


def pictures(
    each: int, seed: int = 1, sizes: Sequence[tuple[int, int]] = SIZES_PX
) -> Iterator[Picture]:
    """So many of each category and size, always the same for the same seed."""
    for index, (category, held) in enumerate(CATEGORIES.items()):
        for size in sizes:
            for number in range(each):
                random = np.random.default_rng((seed, index, size[0], number))
                yield _picture(category, held, size, random)


def empties(
    each: int, seed: int = 1, sizes: Sequence[tuple[int, int]] = SIZES_PX
) -> Iterator[Picture]:
    """As many of each kind of shop without a code."""
    for index, (category, draw) in enumerate(EMPTY.items()):
        for size in sizes:
            for number in range(each):
                random = np.random.default_rng((seed, 100 + index, size[0], number))
                scene = draw(random, size)
                scene += random.normal(0, random.uniform(2, 8), scene.shape).astype(np.float32)
                yield Picture(category, pixels(scene))


def _picture(
    category: str,
    hold: Callable[[Generator, Held], Held],
    size: tuple[int, int],
    random: Generator,
) -> Picture:
    scale = sqrt(size[1] / 720)  # a better sensor sees the same phone larger, not as much as it has
    many = int(random.integers(2, 5)) if category == "several" else 1
    scene = shelves(random, size)
    texts = []
    noise = 0.0
    for place in range(many):
        held = hold(random, kiosk(random, scale))
        text = _text(random)
        modules = _modules(text, inverted=held.inverted)
        if not held.module_px:
            held = replace(held, module_px=size[1] / (len(modules) - QUIET))
        _place(scene, modules, held, random, _middle(size, place, many, random))
        texts.append(text)
        noise = held.noise
    scene += random.normal(0, noise, scene.shape).astype(np.float32)
    return Picture(category, pixels(scene), tuple(texts))


def _text(random: Generator) -> str:
    if random.random() < 0.5:
        return "MD1:" + base45.encode(random.bytes(PASS_BYTES))
    return LINK.format(random.integers(10**9))


def _modules(text: str, *, inverted: bool) -> NDArray[np.uint8]:
    code = segno.make(text, error="m", micro=False, boost_error=False)
    modules = np.array([list(row) for row in code.matrix_iter(border=QUIET)], np.uint8)
    return 1 - modules if not inverted else modules


def _middle(size: tuple[int, int], place: int, many: int, random: Generator) -> tuple[float, float]:
    """One code near the middle, several in the quarters of the frame."""
    across, down = (
        (0.5, 0.5) if many == 1 else (0.25 + 0.5 * (place % 2), 0.25 + 0.5 * (place // 2))
    )
    drift = random.uniform(-0.03, 0.03, 2)
    return size[0] * (across + drift[0]), size[1] * (down + drift[1])


def _place(
    scene: Scene,
    modules: NDArray[np.uint8],
    held: Held,
    random: Generator,
    middle: tuple[float, float],
) -> None:
    """Draw one code into the scene, with all that happens to it on the way to the sensor."""
    fine = 8  # pixels a module of the drawing, then no edge is sharper than a lens could make it
    card = np.kron(modules, np.ones((fine, fine), np.uint8)).astype(np.float32)
    if held.thumb:
        _cover(card, held.thumb, random)
    card = card * (held.white - held.black) + held.black
    corners = _corners(len(modules) * held.module_px, held) + np.array(middle)
    warp = cv2.getPerspectiveTransform(_outline(len(card)), corners.astype(np.float32))
    size = (scene.shape[1], scene.shape[0])
    # as the sensor does, a pixel takes the mean of what it sees: blur first, where there is less
    shrink = fine / held.module_px
    if shrink > 1:
        card = np.asarray(cv2.GaussianBlur(card, (0, 0), 0.4 * shrink), np.float32)
    seen = np.asarray(cv2.warpPerspective(card, warp, size, flags=cv2.INTER_LINEAR), np.float32)
    cover = np.asarray(cv2.warpPerspective(np.ones_like(card), warp, size), np.float32)
    _light(seen, held, random, middle)
    scene *= 1 - cover
    scene += seen * cover
    _blur(scene, held)


def _light(seen: Scene, held: Held, random: Generator, middle: tuple[float, float]) -> None:
    """Add what light does on the glass: a screen's lines, and the reflection of a lamp."""
    if not (held.moire or held.glare):
        return
    y_px, x_px = np.mgrid[0 : seen.shape[0], 0 : seen.shape[1]].astype(np.float32)
    if held.moire:
        angle, period = random.uniform(0, 3.14), held.module_px * random.uniform(0.7, 4)
        wave = np.sin((x_px * cos(angle) + y_px * sin(angle)) * np.float32(6.283 / period))
        seen += np.float32(held.moire / 2) * wave * (seen / 255)
    if held.glare:
        spread = held.module_px * random.uniform(3, 8)
        away = held.module_px * 12 * random.uniform(-1, 1, 2)
        across, down = np.array(middle) + away
        far = (x_px - np.float32(across)) ** 2 + (y_px - np.float32(down)) ** 2
        seen += np.float32(held.glare) * np.exp(-far / np.float32(2 * spread**2))
        np.clip(seen, 0, 255, out=seen)  # the sensor is full


def _cover(card: NDArray[np.float32], share: float, random: Generator) -> None:
    """A thumb comes in from the side and lies on the code."""
    side = len(card)
    radius = side * sqrt(share) * 0.62
    at = random.uniform(0.1, 0.9) * side
    reach = 0.45 * radius
    x, y = ((at, side - reach), (reach, at), (side - reach, at))[int(random.integers(3))]
    cv2.ellipse(card, (int(x), int(y)), (int(radius), int(radius * 0.8)), 0, 0, 360, 0.45, -1)


def _blur(scene: Scene, held: Held) -> None:
    if held.blur_modules:
        scene[:] = cv2.GaussianBlur(scene, (0, 0), max(held.blur_modules * held.module_px, 0.3))
    smear_px = held.motion_modules * held.module_px
    if smear_px >= 1.5:  # less is less than the lens's own blur
        half = int(smear_px / 2 + 2)
        line = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
        angle = radians(held.motion_deg)
        for step in np.linspace(-smear_px / 2, smear_px / 2, 64):
            line[round(half + step * sin(angle)), round(half + step * cos(angle))] += 1
        scene[:] = cv2.filter2D(scene, -1, line / line.sum())


def _corners(side_px: float, held: Held) -> NDArray[np.float64]:
    """Where the corners of a tilted and turned square are, seen from four times its width."""
    half, eye = side_px / 2, 4 * side_px
    axis, tilt, turn = map(radians, (held.tilt_axis_deg, held.tilt_deg, held.turn_deg))
    flat = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    flat = flat @ np.array([(cos(turn), sin(turn)), (-sin(turn), cos(turn))])
    along = flat @ (cos(axis), sin(axis))
    across = flat @ (-sin(axis), cos(axis))
    far = eye / (eye + across * sin(tilt))
    along, across = along * far, across * cos(tilt) * far
    back = np.array([(cos(axis), sin(axis)), (-sin(axis), cos(axis))])
    return np.asarray(np.stack([along, across], 1) @ back)


def _outline(side: int) -> NDArray[np.float32]:
    return np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)


def shelves(random: Generator, size: tuple[int, int]) -> Scene:
    """Boxes on shelves under lamps, out of focus, as a lens focused on a hand sees them."""
    wide, high = size
    scene = np.full((high, wide), random.uniform(50, 130), np.float32)
    for _ in range(60):
        left, top = int(random.integers(0, wide)), int(random.integers(0, high))
        far = (
            left + int(random.integers(20, wide // 6)),
            top + int(random.integers(20, high // 4)),
        )
        cv2.rectangle(scene, (left, top), far, float(random.uniform(20, 220)), -1)
    blurred = cv2.GaussianBlur(scene, (0, 0), size[1] / 120)
    return np.asarray(blurred, np.float32)


def _sharp_shelves(random: Generator, size: tuple[int, int]) -> Scene:
    """Packages in focus, with lines of print."""
    scene = pixels(shelves(random, size))
    for _ in range(120):
        at = (int(random.integers(0, size[0])), int(random.integers(0, size[1])))
        letters = "".join(chr(int(random.integers(33, 127))) for _ in range(12))
        grey = float(random.uniform(0, 255))
        cv2.putText(scene, letters, at, cv2.FONT_HERSHEY_SIMPLEX, random.uniform(0.4, 1.5), grey, 2)
    return scene.astype(np.float32)


def _bars(random: Generator, size: tuple[int, int]) -> Scene:
    """Line codes, which are on every package."""
    scene = shelves(random, size)
    for _ in range(6):
        wide = random.uniform(1.5, 5.0)
        bars = np.repeat(random.integers(0, 2, 95), max(round(wide), 1))
        high = int(random.integers(40, size[1] // 3))
        label = np.tile(np.where(bars, 25, 230).astype(np.float32), (high, 1))
        label = label[:, : size[0] - 2]
        left = int(random.integers(0, size[0] - label.shape[1]))
        top = int(random.integers(0, size[1] - high))
        scene[top : top + high, left : left + label.shape[1]] = label
    return np.asarray(cv2.GaussianBlur(scene, (0, 0), random.uniform(0.5, 1.5)), np.float32)


def _squares(random: Generator, size: tuple[int, int]) -> Scene:
    """Tiles, shirts and screens: squares within squares that are no code."""
    scene = shelves(random, size)
    cell = int(random.integers(3, 12))
    for _ in range(8):
        side = int(random.integers(8, 40))
        cells = random.integers(0, 2, (side, side)).astype(np.float32) * 200 + 25
        patch = np.kron(cells, np.ones((cell, cell), np.float32))[: size[1] - 2, : size[0] - 2]
        left = int(random.integers(0, size[0] - patch.shape[1]))
        top = int(random.integers(0, size[1] - patch.shape[0]))
        scene[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
    for _ in range(12):
        x, y = int(random.integers(0, size[0])), int(random.integers(0, size[1]))
        for side in (7, 5, 3):  # the corner mark of a code, without its code
            reach = int(side * cell / 2)
            grey = 20.0 if side != 5 else 230.0
            cv2.rectangle(scene, (x - reach, y - reach), (x + reach, y + reach), grey, -1)
    return scene


def _dark(random: Generator, size: tuple[int, int]) -> Scene:
    """A shop at night: little light, much noise."""
    scene = shelves(random, size) * np.float32(0.08)
    return scene + random.normal(0, 6, scene.shape).astype(np.float32)


EMPTY: dict[str, Callable[[Generator, tuple[int, int]], Scene]] = {
    "shelves": shelves,
    "print": _sharp_shelves,
    "bars": _bars,
    "squares": _squares,
    "dark": _dark,
}


def pixels(scene: Scene) -> Luma:
    """As a sensor of eight bits says it."""
    said: Luma = np.clip(scene, 0, 255).astype(np.uint8)
    return said
