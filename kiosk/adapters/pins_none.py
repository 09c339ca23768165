"""A kiosk without light and buzzer: it says nothing."""

from __future__ import annotations

from collections.abc import Mapping

from contract.events import Verdict
from runtime.errors import SettingsError


class NoPanel:
    """A Panel that is not there."""

    def __init__(self, options: Mapping[str, object]) -> None:
        if options:
            raise SettingsError(f"pins driver none: {', '.join(options)} is not an option")

    def invite(self) -> None:
        """Nothing lights up."""

    def answer(self, verdict: Verdict) -> None:
        """Nothing sounds."""

    def close(self) -> None:
        """There is nothing to let go of."""
