from itertools import count

import cv2
import numpy as np
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import passes
from kiosk.adapters.code_reader import ZxingThenZbar
from kiosk.ports import Luma
from tests.kiosk.adapters import frames
from tests.kiosk.adapters.frames import Hand, code, held_up

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PASS = passes.make(KEY, 1, "0a0b0c0d0e0f", 120_000_000, 3)


def plain(text: str | bytes) -> Luma:
    """A code as printed, whatever is in it."""
    modules = np.array(list(segno.make(text, micro=False).matrix_iter(scale=6)))
    return np.where(modules > 0, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(held_up(code(PASS, 250)), id="at arm's length"),
        pytest.param(held_up(code(PASS, 120)), id="far away"),
        pytest.param(held_up(code(PASS, 690)), id="filling the frame"),
        pytest.param(held_up(code(PASS, 300), Hand(tilt=0.35, turn_deg=20)), id="in perspective"),
        pytest.param(held_up(code(PASS, 250), Hand(turn_deg=137)), id="turned"),
        pytest.param(held_up(code(PASS, 300), Hand(blur_px=2.5)), id="blurred"),
        pytest.param(held_up(code(PASS, 300), Hand(light=0.1)), id="dim"),
        pytest.param(held_up(code(PASS, 300, inverted=True)), id="light on dark"),
    ],
)
def test_a_pass_is_read_in_one_frame(frame: Luma) -> None:
    assert ZxingThenZbar().read(frame) == [PASS]


@pytest.mark.parametrize(
    ("frame", "needed"),
    [
        pytest.param(
            frames.sunlit(held_up(code(PASS, 260), Hand(light=0.3)), seed=1, side_px=260),
            1,
            id="spots of sun: zbar on a threshold",
        ),
        pytest.param(
            held_up(code(PASS, 300), Hand(light=0.04)), 2, id="nearly dark: zxing with contrast"
        ),
        pytest.param(
            frames.sunlit(held_up(code(PASS, 400), Hand(light=0.3)), seed=17, side_px=400),
            3,
            id="large and in the sun: zbar at half size",
        ),
        pytest.param(
            held_up(code(PASS, 300), Hand(blur_px=3.5)), 4, id="out of focus: zxing at double size"
        ),
        pytest.param(
            frames.too_close(held_up(code(PASS, 500), Hand(light=0.3))),
            15,
            id="a screen too close: zbar at quarter size",
        ),
    ],
)
def test_second_opinions_take_turns(frame: Luma, needed: int) -> None:
    reader = ZxingThenZbar()

    assert next(tries for tries in count(1) if reader.read(frame)) == needed


def test_turns_go_on_over_different_frames_and_wait_while_zxing_reads() -> None:
    reader = ZxingThenZbar()

    assert reader.read(frames.empty()) == []
    assert reader.read(held_up(code(PASS, 250))) == [PASS]
    assert reader.read(held_up(code(PASS, 300), Hand(light=0.04))) == [PASS]  # the second's turn


def test_nothing_is_read_where_nothing_is() -> None:
    reader = ZxingThenZbar()

    for seed in range(16):  # one of every turn
        assert reader.read(frames.empty(seed, noise=4 + 2 * seed)) == []


def test_several_codes_are_read_and_each_once() -> None:
    frame = frames.empty()
    frame[100:400, 100:400] = cv2.resize(code("FIRST", 300), (300, 300))
    frame[100:400, 500:800] = cv2.resize(code("SECOND", 300), (300, 300))
    frame[400:700, 900:1200] = cv2.resize(code("FIRST", 300), (300, 300))

    assert sorted(ZxingThenZbar().read(frame)) == ["FIRST", "SECOND"]


def test_the_padded_rows_of_a_camera_are_no_trouble() -> None:
    stored = np.full((frames.HEIGHT_PX * 3 // 2, 1536), 128, np.uint8)
    stored[: frames.HEIGHT_PX, : frames.WIDTH_PX] = held_up(code(PASS, 250))
    view = stored[: frames.HEIGHT_PX, : frames.WIDTH_PX]

    assert ZxingThenZbar().read(view) == [PASS]
    assert np.array_equal(view, held_up(code(PASS, 250)))  # and nobody scribbles on it


@pytest.mark.parametrize(
    ("payload", "texts"),
    [
        pytest.param("x" * 160, ["x" * 160], id="160 characters"),
        pytest.param("x" * 161, [], id="161 characters"),
        pytest.param("Phở bò", [], id="not ASCII"),
        pytest.param(bytes(range(128, 188)), [], id="binary"),
        pytest.param(b"\xef\xbb\xbf", [], id="nothing but a byte order mark: empty, says zbar"),
        pytest.param("a\0b", ["a\0b"], id="control characters arrive as they are"),
        pytest.param("]d2 (01)", ["]d2 (01)"], id="nothing is rewritten"),
    ],
)
def test_only_short_ascii_goes_on(payload: str | bytes, texts: list[str]) -> None:
    reader = ZxingThenZbar()

    assert [reader.read(plain(payload)) for _ in range(4)] == [texts] * 4


def test_other_symbols_are_not_for_us() -> None:
    micro = np.array(list(segno.make_micro("HELLO").matrix_iter(scale=6, border=4)))

    assert ZxingThenZbar().read(np.where(micro > 0, 0, 255).astype(np.uint8)) == []


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (2, 1000), (20, 20), (21, 21), (1000, 21)])
def test_odd_frames_hold_nothing_and_break_nothing(shape: tuple[int, int]) -> None:
    reader = ZxingThenZbar()

    for _ in range(16):
        assert reader.read(np.zeros(shape, np.uint8)) == []
