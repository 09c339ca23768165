"""Draws QR codes as SVG for a page: black on white in every theme, for cameras. Calls nobody."""

from __future__ import annotations

from functools import lru_cache

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around it (ISO/IEC 18004, 9.1)


@lru_cache(maxsize=8)  # a screen is drawn more often than its code changes
def svg(text: str) -> Markup:
    """The code of a text, as large as its box. It has no name: say beside it what it is for."""
    rows = segno.make(text, error="m", micro=False).matrix
    runs = "".join(
        f"M{QUIET + x} {QUIET + y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    side = len(rows) + 2 * QUIET
    return Markup(  # noqa: S704 (numbers only)
        f'<svg class="qr" aria-hidden="true" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path d="{runs}"></path></svg>'
    )
