"""From a serial scanner's bytes to texts. Knows no port, and believes no scanner."""

from __future__ import annotations

MAX_TEXT = 160  # as contract.events.PassText
ENDS = b"\r\n"  # a scanner's suffix is CR, LF or both
STILL_ENDS_S = 0.2  # one without a suffix; a long code takes 130 ms at 9,600 baud, without a pause


class Lines:
    """Collects bytes until a text is complete. Owned by one thread."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_too_long = False
        self._came_s = 0.0

    def take(self, data: bytes, now_s: float) -> list[str]:
        """The texts completed by these bytes, or by the silence since the last ones."""
        texts = []
        if self._held and now_s - self._came_s >= STILL_ENDS_S:
            texts += self._text()
        if data:
            self._came_s = now_s
        for byte in data:
            if byte in ENDS:
                texts += self._text()
            elif len(self._held) < MAX_TEXT:
                self._held.append(byte)
            else:
                self._is_too_long = True
        return texts

    def _text(self) -> list[str]:
        """What is held, if it can be one of ours: short, and printable ASCII."""
        held, is_too_long = bytes(self._held), self._is_too_long
        self._held.clear()
        self._is_too_long = False
        if is_too_long or not held.isascii() or not (text := held.decode()).isprintable():
            return []
        return [text] if text else []
