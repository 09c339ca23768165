"""What of the owner's look is a rule of the screen: how long it waits. The rest is for the page."""

from __future__ import annotations

from dataclasses import replace

from contract.looks import Look
from kiosk.core.screen_rules import ScreenRules


def waiting(own: ScreenRules, look: Look | None) -> ScreenRules:
    """The settings' rules, with the owner's idle time if they chose one."""
    if look is None or look.idle_s is None:
        return own
    return replace(own, idle_s=float(look.idle_s))
