"""Reads a photograph from a file as brightness, upright; the only file that imports Pillow.

Believes no file: its size and its number of pixels are looked at before it is decoded, and formats
that are programs (PostScript) are not pictures here.
"""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from kiosk.eye.ports import Luma

MAX_FILE_BYTES = 100_000_000  # an uncompressed picture of 33 megapixels
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000")

# What Pillow raises on damaged files, as its documentation says and 20,000 of them showed.
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    OverflowError,
    MemoryError,
    RuntimeError,
    struct.error,
)


class PictureError(Exception):
    """A file is no picture we can read: say so, and go on with the next."""


def load(path: Path) -> Luma:
    """The first picture in a file, 0 black to 255 white; what is transparent lies on white.

    Turned as its EXIF says. PictureError if there is none, or one too large to be taken in.
    """
    try:
        if not path.is_file():  # a pipe or a device would never end
            raise PictureError("is a directory or a device" if path.exists() else "does not exist")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise PictureError(f"is larger than {MAX_FILE_BYTES // 1_000_000} MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd but readable files
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as picture:
                return _luma(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise PictureError(f"has more than {most} million pixels") from error
    except UnidentifiedImageError as error:
        raise PictureError("is not a picture in a format we read") from error
    except DAMAGED as error:
        raise PictureError(f"cannot be read ({error})") from error


def _luma(picture: Image.Image) -> Luma:
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _eight_bits(np.asarray(ImageOps.exif_transpose(picture)))
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        upright = Image.alpha_composite(white, seen)
    if upright.mode == "LAB":  # its first channel is brightness already
        upright = upright.getchannel(0)
    return np.asarray(upright.convert("L"), dtype=np.uint8)


def _eight_bits(deep: NDArray[np.generic]) -> Luma:
    """From darkest to brightest: who writes 12 bits into 16 would otherwise be in the dark."""
    levels = deep.astype(np.float64)
    low, high = float(np.nanmin(levels)), float(np.nanmax(levels))
    if not high > low:
        return np.zeros(deep.shape, np.uint8)
    return np.nan_to_num((levels - low) * (255 / (high - low))).astype(np.uint8)
