"""One Chromium for the stage page."""

from __future__ import annotations

from tests.browser import chromium

__all__ = ["chromium"]
