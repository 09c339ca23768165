"""docs/sensing.md is right: its settings load, and its words are those of health."""

import tomllib
from pathlib import Path

from kiosk.adapters import options
from kiosk.adapters.radio_bleak import Options
from kiosk.core.radio_watch import SILENT_S
from kiosk.settings import KioskSettings
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
    written = tomllib.loads(DOCS.split("```toml\n")[1].split("```")[0])

    settings = KioskSettings(**SHOP, **written)  # type: ignore[arg-type]  # read from a page

    read = options.read(Options, "bleak", settings.radio.options)
    assert read == Options(reference=read.reference)
    assert read.reference[0].startswith("ibeacon:")


def test_the_page_names_the_silence_that_is_allowed() -> None:
    assert f"after {SILENT_S:.0f} s without a single advertisement" in " ".join(DOCS.split())
