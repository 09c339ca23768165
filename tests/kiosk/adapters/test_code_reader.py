from itertools import count

import cv2
import numpy as np
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import passes
from kiosk.adapters import code_reader
from kiosk.adapters.code_reader import ZxingThenZbar, read_by_zbar, read_still
from kiosk.eye.ports import Luma
from tests.kiosk.adapters import frames
from tests.kiosk.adapters.frames import Hand, code, held_up

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PASS = passes.make(KEY, 1, "0a0b0c0d0e0f", 120_000_000, 3)


def plain(text: str | bytes) -> Luma:
    """A code as printed, whatever is in it."""
    modules = np.array(list(segno.make(text, micro=False).matrix_iter(scale=6)))
    return np.where(modules > 0, 0, 255).astype(np.uint8)


def sunlit(side_px: int, seed: int) -> Luma:
    return frames.sunlit(held_up(code(PASS, side_px), Hand(light=0.3)), seed, side_px)


# Each is read by one attempt only, the one it is named after in the test below.
HARD = {
    "out of focus": held_up(code(PASS, 300), Hand(blur_px=4)),
    "a small code in the sun": sunlit(260, seed=14),
    "in spots of sun": sunlit(260, seed=1),
    "nearly dark": held_up(code(PASS, 250), Hand(light=0.025, grain=2)),
    "a large code in the sun": sunlit(400, seed=17),
    "a screen too close": frames.too_close(held_up(code(PASS, 500), Hand(light=0.3))),
}
EASY = {
    "inverted": held_up(code(PASS, 250, inverted=True)),
    "filling the frame": held_up(code(PASS, 690)),
}


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
        pytest.param(HARD["out of focus"], 1, id="zxing on sharpened, always"),
        pytest.param(HARD["a small code in the sun"], 1, id="zxing at double size"),
        pytest.param(HARD["in spots of sun"], 3, id="zbar on a threshold"),
        pytest.param(HARD["nearly dark"], 5, id="zxing with contrast, doubled"),
        pytest.param(HARD["a large code in the sun"], 7, id="zbar at half size"),
        pytest.param(HARD["a screen too close"], 15, id="zbar at quarter size"),
    ],
)
def test_second_opinions_take_turns(frame: Luma, needed: int) -> None:
    reader = ZxingThenZbar()

    assert next(tries for tries in count(1) if reader.read(frame)) == needed
    assert next(tries for tries in count(needed + 1) if reader.read(frame)) <= needed + 16


def test_turns_go_on_over_different_frames_and_wait_while_zxing_reads() -> None:
    reader = ZxingThenZbar()

    for _ in range(2):
        assert reader.read(frames.empty()) == []
    assert reader.read(held_up(code(PASS, 250))) == [PASS]
    assert reader.read(HARD["in spots of sun"]) == [PASS]  # the third's turn


@pytest.mark.parametrize("name", ["out of focus", "in spots of sun", "a screen too close"])
def test_a_glance_takes_no_effort(name: str) -> None:
    reader = ZxingThenZbar()

    assert [reader.glance(HARD[name]) for _ in range(16)] == [[]] * 16
    assert reader.glance(held_up(code(PASS, 250))) == [PASS]
    assert reader.glance(plain("Phở bò")) == []


def test_nothing_is_read_where_nothing_is() -> None:
    reader = ZxingThenZbar()

    for seed in range(16):  # one of every turn
        assert reader.read(frames.empty(seed, noise=4 + 2 * seed)) == []


def test_several_codes_are_read_and_each_once() -> None:
    frame = frames.empty()
    frame[100:400, 100:400] = cv2.resize(code("FIRST", 300), (300, 300))
    frame[100:400, 500:800] = cv2.resize(code("SECOND", 300), (300, 300))
    frame[400:700, 900:1200] = cv2.resize(code("FIRST", 300), (300, 300))

    assert sorted(ZxingThenZbar().read(frame)) == sorted(read_still(frame)) == ["FIRST", "SECOND"]


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


@pytest.mark.parametrize("frame", [*HARD.values(), *EASY.values()], ids=[*HARD, *EASY])
def test_a_single_picture_gets_every_attempt_at_once(frame: Luma) -> None:
    assert read_still(frame) == [PASS]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("in spots of sun", id="in all its pixels"),
        pytest.param("a small code in the sun", id="in twice its pixels"),
        pytest.param("nearly dark", id="in a tenth of its pixels"),
    ],
)
def test_a_photograph_of_twelve_megapixels_is_read_in_several_sizes(name: str) -> None:
    large = np.full((3000, 4000), 128, np.uint8)
    large[1000:1720, 1000:2280] = HARD[name]

    assert read_still(large) == [PASS]


def test_more_pixels_than_any_lens_resolves_are_fewer_before_they_are_read() -> None:
    huge = np.full((6_000, 8_000), 255, np.uint8)

    assert max(shown.size for _, shown in code_reader._attempts(huge)) <= 24_100_000


@pytest.mark.parametrize("text", ["Phở bò tái", "デザイン", "x" * 400, "ﾃﾞｻﾞｲﾝ"])
@pytest.mark.parametrize("side_px", [250, 700])
def test_a_single_picture_may_say_anything_in_any_script(text: str, side_px: int) -> None:
    assert read_still(code(text, side_px)) == [text]


@pytest.mark.parametrize(("text", "read"), [("pho", ["pho"]), ("Phở bò", []), ("ﾃﾞｻﾞｲﾝ", [])])
def test_zbar_is_not_believed_beyond_ascii_where_it_guesses(text: str, read: list[str]) -> None:
    assert read_by_zbar(plain(text)) == read


def test_bytes_that_are_no_text_are_not_guessed_at() -> None:
    neither_utf8_nor_shift_jis = b"a%T\xe3K\x86\xeb"

    assert read_still(plain(neither_utf8_nor_shift_jis)) == []
    assert read_still(plain(b"\xef\xbb\xbf")) == []


def test_nothing_is_read_in_a_single_picture_where_nothing_is() -> None:
    for seed in range(3):
        assert read_still(frames.empty(seed, noise=4 + 8 * seed)) == []


@pytest.mark.parametrize("shape", [(21, 9_000), (21, 70_000), (300, 40_000)])
def test_a_picture_that_is_a_strip_holds_no_code(shape: tuple[int, int]) -> None:
    assert read_still(np.zeros(shape, np.uint8)) == []


def test_other_symbols_are_not_for_us() -> None:
    micro = np.array(list(segno.make_micro("HELLO").matrix_iter(scale=6, border=4)))

    frame = np.where(micro > 0, 0, 255).astype(np.uint8)
    assert ZxingThenZbar().read(frame) == read_still(frame) == []


@pytest.mark.parametrize(
    "shape",
    [(0, 0), (1, 1), (2, 1000), (20, 20), (21, 21), (1000, 21)],
)
def test_odd_frames_hold_nothing_and_break_nothing(shape: tuple[int, int]) -> None:
    reader = ZxingThenZbar()

    for _ in range(16):
        assert reader.read(np.zeros(shape, np.uint8)) == []
    assert read_still(np.zeros(shape, np.uint8)) == []
