"""Photographs as people have them: any mode, any way up, and some that are none."""

from __future__ import annotations

import os
import random
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from kiosk.adapters import picture_file
from kiosk.adapters.picture_file import PictureError, load

WIDE, HIGH = 40, 20
ORIENTATION = 0x0112  # EXIF 2.3, table 4


def half_black() -> Image.Image:
    """Black on the left, white on the right."""
    picture = Image.new("RGB", (WIDE, HIGH), "white")
    picture.paste("black", (0, 0, WIDE // 2, HIGH))
    return picture


def saved(tmp_path: Path, picture: Image.Image, name: str = "a.png", **how: object) -> Path:
    picture.save(tmp_path / name, **how)  # type: ignore[arg-type]
    return tmp_path / name


def is_half_black(seen: NDArray[np.uint8]) -> bool:
    left, right = seen[:, : WIDE // 2 - 2], seen[:, WIDE // 2 + 2 :]
    return seen.shape == (HIGH, WIDE) and bool((left < 30).all() and (right > 225).all())


@pytest.mark.parametrize(
    "name", ["a.png", "a.jpg", "a.gif", "a.bmp", "a.webp", "a.tiff", "a.ppm", "a.avif", "a.jp2"]
)
def test_photographs_of_many_formats_are_brightness(tmp_path: Path, name: str) -> None:
    seen = load(saved(tmp_path, half_black(), name))

    assert seen.dtype == np.uint8
    assert is_half_black(seen)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_many_modes_are_brightness(tmp_path: Path, mode: str) -> None:
    picture = half_black().convert("L").convert(mode) if ";" not in mode else sixteen_bits(65_535)

    assert is_half_black(load(saved(tmp_path, picture)))


def sixteen_bits(brightest: int) -> Image.Image:
    levels = np.asarray(half_black().convert("L")).astype(np.uint16)
    return Image.fromarray((levels // 255 * brightest).astype(np.uint16))


def test_twelve_bits_in_sixteen_are_not_left_in_the_dark(tmp_path: Path) -> None:
    assert is_half_black(load(saved(tmp_path, sixteen_bits(4_095))))


def test_sixteen_bits_of_nothing_are_black(tmp_path: Path) -> None:
    assert not load(saved(tmp_path, sixteen_bits(0))).any()


def test_cmyk_and_lab_photographs_are_brightness(tmp_path: Path) -> None:
    assert is_half_black(load(saved(tmp_path, half_black().convert("CMYK"), "a.jpg")))
    lab = Image.merge("LAB", [half_black().convert("L"), *[Image.new("L", (WIDE, HIGH), 128)] * 2])
    assert is_half_black(load(saved(tmp_path, lab, "a.tiff")))


def test_colours_are_as_bright_as_an_eye_sees_them(tmp_path: Path) -> None:
    green, blue = Image.new("RGB", (9, 9), (0, 255, 0)), Image.new("RGB", (9, 9), (0, 0, 255))

    assert load(saved(tmp_path, green))[4, 4] == pytest.approx(150, abs=2)  # ITU-R BT.601
    assert load(saved(tmp_path, blue))[4, 4] == pytest.approx(29, abs=2)


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (WIDE, HIGH), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, WIDE // 2, HIGH))
    palette = Image.new("P", (WIDE, HIGH), 1)
    palette.putpalette([0, 0, 0, 0, 0, 0])
    palette.paste(0, (0, 0, WIDE // 2, HIGH))

    assert is_half_black(load(saved(tmp_path, clear)))
    assert is_half_black(load(saved(tmp_path, palette, transparency=1)))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_a_photograph_lies_as_its_exif_says(tmp_path: Path, name: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was turned: rotate by 90 degrees clockwise to view
    path = saved(tmp_path, half_black().transpose(Image.Transpose.ROTATE_90), name, exif=exif)

    assert is_half_black(load(path))


def test_of_an_animation_the_first_picture_counts(tmp_path: Path) -> None:
    other = Image.new("RGB", (WIDE, HIGH), "white")
    path = saved(tmp_path, half_black(), "a.gif", save_all=True, append_images=[other])

    assert is_half_black(load(path))


def png_header(wide: int, high: int) -> bytes:
    """Says how large the picture would be, and then nothing."""
    body = b"IHDR" + wide.to_bytes(4, "big") + high.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    length, check = (13).to_bytes(4, "big"), zlib.crc32(body).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + length + body + check + b"\x00\x00\x00\x08IDAT"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "is not a picture", id="empty"),
        pytest.param(b"hello " * 100, "is not a picture", id="a text"),
        pytest.param(
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture", id="eps"
        ),
        pytest.param(
            png_header(12_000, 12_000), "more than 89 million pixels", id="144 megapixels"
        ),
        pytest.param(png_header(60_000, 60_000), "more than 89 million pixels", id="a bomb"),
        pytest.param(png_header(9, 9), "cannot be read", id="cut off"),
    ],
)
def test_what_is_no_picture_is_said_in_words(tmp_path: Path, body: bytes, says: str) -> None:
    (tmp_path / "a").write_bytes(body)

    with pytest.raises(PictureError, match=says):
        load(tmp_path / "a")


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(PictureError, match="is a directory or a device"):
            load(path)
    with pytest.raises(PictureError, match="does not exist"):
        load(tmp_path / "gone.png")


def test_a_file_is_weighed_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, half_black())
    monkeypatch.setattr(picture_file, "MAX_FILE_BYTES", path.stat().st_size - 1)

    with pytest.raises(PictureError, match="is larger than"):
        load(path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.tiff", "a.avif"])
def test_a_damaged_picture_is_a_picture_or_said_in_words(tmp_path: Path, name: str) -> None:
    whole = saved(tmp_path, half_black(), name).read_bytes()
    dice = random.Random(1)
    for _ in range(60):
        damaged = bytearray(whole[: dice.randrange(1, len(whole) + 1)])
        for _ in range(dice.randrange(4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        (tmp_path / "damaged").write_bytes(damaged)
        with suppress(PictureError):
            assert load(tmp_path / "damaged").ndim == 2
