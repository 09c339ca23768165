"""docs/door.md is right: its settings load, and every reason to refuse stands in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from contract.events import ClockTrust, EntryReason
from kiosk.core.entry import GRANTED
from kiosk.door.settings import DoorSettings
from runtime.settings import load
from tests.house import ROOT

PAGE = (ROOT / "docs" / "door.md").read_text(encoding="utf-8")


def test_the_settings_in_the_page_load(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "door.toml"
    path.write_text(example.replace('"hien-kiosk"', str(os.getuid())), encoding="utf-8")

    settings = load(DoorSettings, path)

    assert settings.rules().entry.capacity == 12
    assert list(settings.rules().issuers) == [1]


def test_every_refusal_and_every_state_of_the_clock_is_explained() -> None:
    refusals = {reason for reason in EntryReason if reason not in GRANTED}

    assert {word for word in (*refusals, *ClockTrust) if f"`{word}`" not in PAGE} == set()
