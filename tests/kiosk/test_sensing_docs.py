"""docs/sensing.md is right: its settings load, and its words are those of health."""

import re
import tomllib
from pathlib import Path

import pytest

from kiosk.adapters import options
from kiosk.adapters.radio_bleak import Options
from kiosk.core.radio_watch import SILENT_S
from kiosk.settings import Beacon, KioskSettings
from tests.house import ROOT

DOCS = (ROOT / "docs" / "sensing.md").read_text(encoding="utf-8")
SHOP = {
    "store": "hue",
    "store_no": 1,
    "kiosk": "hue-1",
    "store_name": "Hiên Huế",
    "kiosk_name": "Cửa",
    "data_dir": Path("data"),
}


def test_the_settings_of_the_page_load_and_are_the_defaults() -> None:
    written = tomllib.loads("\n".join(re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)))

    settings = KioskSettings(**SHOP, **written)  # type: ignore[arg-type]  # read from a page

    read = options.read(Options, "bleak", settings.radio.options)
    assert read == Options(reference=read.reference)
    assert read.reference[0].startswith("ibeacon:")
    assert settings.beacon is not None
    assert settings.beacon == Beacon(identity=settings.beacon.identity)


def test_a_beacon_that_cannot_be_sent_is_the_operators_mistake() -> None:
    with pytest.raises(ValueError, match="neither ibeacon:uuid:major:minor"):
        Beacon(identity="ibeacon:1:2")


def test_the_page_names_the_silence_that_is_allowed() -> None:
    assert f"after {SILENT_S:.0f} s without a single advertisement" in " ".join(DOCS.split())
