"""Version numbers as releases have them: three numbers, the later one is larger. No others."""

from __future__ import annotations

import re
from typing import NamedTuple

PATTERN = "(0|[1-9][0-9]{0,4})[.](0|[1-9][0-9]{0,4})[.](0|[1-9][0-9]{0,4})"
_VERSION = re.compile(PATTERN)


class Version(NamedTuple):
    """One version; compared number by number."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def read(text: str) -> Version:
    """`0.10.2`; ValueError for anything else, also for a candidate such as 1.0.0rc1."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a version like 1.4.0")
    return Version(*map(int, found.groups()))
