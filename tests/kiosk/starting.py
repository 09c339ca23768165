"""A kiosk's settings file as an operator writes it, and what comes of a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tests.broker import free_port


class Refused(Protocol):
    """Starts what does not start, a kiosk unless told; its status, and the one line of why."""

    def __call__(self, path: Path, *command: str) -> tuple[int, str]: ...


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
