"""How a process tells systemd what it has not sent yet, and how another one reads that there.

`systemctl status` shows it to people as well. Sends nothing itself.
"""

from __future__ import annotations

import re

_SAID = re.compile(r"([0-9]{1,9}) unsent")


def said(count: int) -> str:
    """The words."""
    return f"{count} unsent"


def read(status: str) -> int | None:
    """How many; None if a status says nothing of it."""
    found = _SAID.fullmatch(status)
    return None if found is None else int(found[1])
