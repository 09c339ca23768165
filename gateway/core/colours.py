"""Whether a shop's colour can carry its words: WCAG 2.2 contrast against the house's surfaces."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contract.messages import Text

_HEX = re.compile("#[0-9a-f]{6}")
JADE = "#0e5146"  # the house's own, where an owner chose none
# Where screens use it: words in white upon it, and itself as words of 28 px and more.
BARS = (
    ("#ffffff", 7.0, Text("chữ trắng trên màu này", "white words on it")),
    ("#fbf7ef", 4.5, Text("màu này trên nền giấy", "it on paper")),
    ("#f1eadc", 4.5, Text("màu này trên nền giấy sẫm", "it on darker paper")),
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """How well one pair can be read, and how well it must."""

    what: Text
    ratio: float
    least: float

    @property
    def is_enough(self) -> bool:
        """Whether it can be used."""
        return self.ratio >= self.least


def contrasts(colour: str) -> list[Contrast]:
    """All pairs of a colour like `#0e5146`; empty if it is no colour."""
    if _HEX.fullmatch(colour) is None:
        return []
    return [Contrast(what, ratio(colour, other), least) for other, least, what in BARS]


def ratio(one: str, other: str) -> float:
    """From 1 to 21; WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
