"""How long a screen waits for people. It knows no screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScreenRules:
    """How long a screen waits for people."""

    idle_s: float = 45.0  # field default after Odoo's 40 s was called "very aggressive"
    warning_s: float = 20.0  # WCAG 2.2.1: at least 20 s to ask for more time
    answer_s: float = 3.0  # longer than any answer on a healthy network
    notice_s: float = 12.0  # long enough to read two sentences
    dim_after_s: float | None = None  # where a motion sensor wakes the invitation again

    def __post_init__(self) -> None:
        if not 20 <= self.idle_s <= 120:
            raise ValueError("idle_s must be between 20 and 120")
        if not 20 <= self.warning_s <= 60:
            raise ValueError("warning_s must be between 20 and 60")
