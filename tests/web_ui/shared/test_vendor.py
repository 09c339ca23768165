from __future__ import annotations

import re

from web_ui.shared import vendor
from web_ui.shared.site import HOUSE

USED = re.compile(r"""icon\(\s*"([a-z0-9-]+)"(?: if [^)]*? else "([a-z0-9-]+)")?""")
LARGEST_FONT_BYTES = 28 * 1024  # two weights and Inter stay under 100 KB on the kiosk


def test_the_vendored_files_are_those_that_were_checked() -> None:
    assert vendor.checksums(vendor.VENDOR) == vendor.CHECKSUMS.read_text()


def test_every_vendored_file_stands_beside_its_license() -> None:
    names = {path.name for path in vendor.VENDOR.iterdir()} - {vendor.CHECKSUMS.name}
    licenses = {name.removesuffix(".LICENSE") for name in names if name.endswith(".LICENSE")}
    others = {name for name in names if not name.endswith(".LICENSE")}

    assert [name for name in others if not any(name.startswith(one) for one in licenses)] == []


def test_fonts_are_small() -> None:
    fonts = list(vendor.VENDOR.glob("be-vietnam-pro-*.woff2"))

    assert len(fonts) == 2
    assert max(font.stat().st_size for font in fonts) <= LARGEST_FONT_BYTES


def test_the_icons_are_exactly_those_the_pages_use() -> None:
    text = "".join(path.read_text() for path in HOUSE.rglob("*.html"))
    text += "".join(path.read_text() for path in HOUSE.glob("*/icons.py"))
    used = {name for match in USED.findall(text) for name in match if name}
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (vendor.VENDOR / "icons.svg").read_text()))

    assert drawn == set(vendor.ICONS)
    assert used <= drawn
