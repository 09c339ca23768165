"""The newest pictures of screens, in memory only: whoever restarts this process orders another."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from contract.pictures import Picture
from contract.topics import KioskAddress

KEPT = 32  # 10 MB at the very most
LIFE_MS = 10 * 60_000  # a picture is for whoever ordered it, now


@dataclass(frozen=True, slots=True)
class Kept:
    """One picture, and who sent it."""

    at: KioskAddress
    png: bytes
    came_ms: int


class Pictures:
    """By the nonce of the order. Written by the network's thread, read by requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def keep(self, at: KioskAddress, picture: Picture, now_ms: int) -> bool:
        """A picture came; False if it is none, or that order had one."""
        if not picture.is_png:
            return False
        with self._lock:
            if picture.nonce in self._kept:
                return False
            self._kept[picture.nonce] = Kept(at, picture.png, now_ms)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return True

    def get(self, at: KioskAddress, nonce: str, now_ms: int) -> bytes | None:
        """The picture that a kiosk sent for an order; None if there is none, or no more."""
        with self._lock:
            kept = self._kept.get(nonce)
        if kept is None or kept.at != at or now_ms - kept.came_ms > LIFE_MS:
            return None
        return kept.png
