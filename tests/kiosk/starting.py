"""A kiosk's settings file as an operator writes it, and what comes of a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.broker import free_port

Refused = Callable[[Path], tuple[int, str]]
"""Starts a kiosk that does not start; its status, and the one line that says why."""

GOOD = """\
store = "hue-1"
store_no = 1
kiosk = "quay-1"
store_name = "An Nhiên"
kiosk_name = "Quầy 1"
data_dir = "{folder}"
[broker]
host = "127.0.0.1"
port = {broker}
[screen]
port = {screen}
"""


def settings(folder: Path, screen: int, text: str = GOOD) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text.format(folder=folder, broker=free_port(), screen=screen))
    return path
