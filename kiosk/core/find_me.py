"""Puts the sentence "this is quay-1" on a screen that nobody uses."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.identify import Identify
from kiosk.core.screen import Attract, Closed, ScreenState


def find_me(state: ScreenState, now_s: float) -> ScreenState:
    """Say which kiosk this is, unless somebody is served here; a touch or time ends it."""
    if not isinstance(state.screen, Attract | Closed):
        return state
    revision = state.revision + 1
    return replace(
        state,
        screen=Identify(),
        dimmed=False,
        active_s=now_s,
        revision=revision,
        since_revision=revision,
    )
