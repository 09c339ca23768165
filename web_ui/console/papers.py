"""How papers say a time: in the language of the page they are in, in a way nobody reads twice."""

from __future__ import annotations

from datetime import datetime

from web_ui.shared.i18n import SHOP_TIME

LANGUAGES = ("vi", "en")  # papers carry both


def moment(at_ms: int, language: str) -> str:
    """A day and time of the shop: "01/03/2026 08:00", and to others "2026-03-01 08:00"."""
    written = "%d/%m/%Y %H:%M" if language == "vi" else "%Y-%m-%d %H:%M"
    return datetime.fromtimestamp(at_ms / 1000, SHOP_TIME).strftime(written)
