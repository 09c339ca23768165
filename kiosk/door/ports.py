"""Where a door meets its wires. It knows none of the kiosk's ports: they speak of shoppers."""

from __future__ import annotations

from typing import Protocol


class Lock(Protocol):
    """The electric strike of a door. It is down from the moment this exists.

    Every method raises DeviceError if the line does not obey.
    """

    def release(self) -> None:
        """Energise it: whoever pulls comes in. Nothing here takes it back; its owner must."""

    def secure(self) -> None:
        """Down; safe to call twice."""

    def close(self) -> None:
        """Down, and let go of the line, so that another process may take it; safe to call twice."""


class Switch(Protocol):
    """One wire that tells something of a door: its contact, the exit handle, a light barrier."""

    def is_on(self) -> bool:
        """Whether it tells it now, bounces and all; DeviceError if it cannot be read."""

    def close(self) -> None:
        """Let go of the line; safe to call twice."""
