"""The strokes of each vendored icon, to be drawn within a page. It fetches nothing and adds none.

Within: a `<use>` of another file costs a kiosk a request, a copy and a second layout each time
that its screen changes.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

SPRITE = Path(__file__).parent / "static" / "vendor" / "icons.svg"
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
PLAIN = re.compile(r'<path d="(M[^"]*)" />')  # begins absolutely, so it may follow another


@cache
def strokes() -> dict[str, Markup]:
    """By name: one path for all that is only stroked, then whatever has a paint of its own."""
    return {name: _joined(body) for name, body in SYMBOL.findall(SPRITE.read_text())}


def _joined(body: str) -> Markup:
    line = "".join(PLAIN.findall(body))
    return Markup(f'<path d="{line}"/>{PLAIN.sub("", body)}')  # noqa: S704 (our own file)
