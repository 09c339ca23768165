"""Rebuilds everything in `static/vendor/` from pinned packages: `python -m web_ui.shared.vendor`.

Needs npm and a network; the pages need neither, because the result is committed. It never takes
a newer version by itself: change a pin and its checksum here.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import venv
from hashlib import sha256
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"
CHECKSUMS = VENDOR / "SHA256SUMS"

# npm package → (version, SHA-256 of its tarball)
PACKAGES = {
    "htmx.org": ("4.0.1", "5fba65616ca148a86d377e9771bcada7f35faee3558651feb929eea425e13b3c"),
    "@tabler/icons": ("3.51.0", "b30108713d3fa60aee862c2a133225da8e0f309be0708fe2925763ff810c766c"),
    "@expo-google-fonts/be-vietnam-pro": (
        "0.4.1",
        "574b6af45c7d7ece6f22fd5e6b26652d86681a3d34a8b0e7c488880148e8edaa",
    ),
    "@fontsource-variable/inter": (
        "5.3.0",
        "d26710dd38e7217484a1d47ee76c024977ec550548876f26d06ed1844af09a14",
    ),
}
# As their LICENSE files beside the result say, in SPDX's words.
LICENCES = {
    "htmx.org": "0BSD",
    "@tabler/icons": "MIT",
    "@expo-google-fonts/be-vietnam-pro": "OFL-1.1",
    "@fontsource-variable/inter": "OFL-1.1",
}
SUBSETTERS = ("fonttools==4.68.0", "brotli==1.2.1")  # other versions compress to other bytes

# One file for Latin and Vietnamese: in two, the letters of "Việt" come from two files and lose
# the kerning between them.
LETTERS = (
    "U+0020-007E,U+00A0-00FF,U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,"
    "U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303,U+0309,U+0323,U+1EA0-1EF9,U+2013-2014,"
    "U+2018-2019,U+201C-201D,U+2022,U+2026,U+2212,U+00D7,U+20AB"
)
SUBSET = (
    f"--unicodes={LETTERS}",
    "--layout-features=kern,mark,mkmk,ccmp,liga,calt,locl",
    "--flavor=woff2",
    "--no-hinting",  # the panels draw at 100 px/inch and more, where hints change nothing
)
ICONS = (
    *("accessible", "alert-triangle", "antenna", "arrow-bar-to-down", "arrow-left", "backspace"),
    *("bell-ringing", "bluetooth", "camera", "chevron-right", "circle-check", "clock"),
    *("contrast-2", "cpu", "device-tablet", "door-exit", "eye-off", "flower", "gift"),
    *("hand-finger", "headset", "heart-handshake", "hourglass", "info-circle", "language", "lock"),
    *("logout", "mail-x", "package", "qrcode", "refresh", "shopping-bag", "text-size", "user"),
    *("user-heart", "user-question", "users", "volume", "volume-off", "wifi-off"),
)


def main() -> None:
    """Fetch, check, cut to what is used, and write the checksums of the result."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        htmx = package("htmx.org", PACKAGES["htmx.org"], work)
        tabler = package("@tabler/icons", PACKAGES["@tabler/icons"], work)
        vietnam = package(
            "@expo-google-fonts/be-vietnam-pro", PACKAGES["@expo-google-fonts/be-vietnam-pro"], work
        )
        inter = package("@fontsource-variable/inter", PACKAGES["@fontsource-variable/inter"], work)
        VENDOR.mkdir(parents=True, exist_ok=True)
        _copy(htmx / "dist/htmx.min.js", "htmx.min.js")
        _copy(htmx / "LICENSE", "htmx.LICENSE")
        (VENDOR / "icons.svg").write_text(_sprite(tabler / "icons" / "outline"))
        _copy(tabler / "LICENSE", "icons.LICENSE")
        for script in ("latin", "vietnamese"):
            _copy(inter / f"files/inter-{script}-wght-normal.woff2", f"inter-{script}.woff2")
        _copy(inter / "LICENSE", "inter.LICENSE")
        python = _subsetter(work)
        for weight, name in ((600, "600SemiBold"), (800, "800ExtraBold")):
            font = vietnam / name / f"BeVietnamPro_{name}.ttf"
            _run(python, "-m", "fontTools.subset", font, *SUBSET,
                 f"--output-file={VENDOR / f'be-vietnam-pro-{weight}.woff2'}")  # fmt: skip
        _copy(vietnam / "LICENSE_FONT", "be-vietnam-pro.LICENSE")
    CHECKSUMS.write_text(checksums(VENDOR))


def checksums(folder: Path) -> str:
    """What SHA256SUMS must say of the files beside it."""
    files = sorted(
        path for path in folder.iterdir() if path.is_file() and path.name != CHECKSUMS.name
    )
    return "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def package(name: str, pin: tuple[str, str], work: Path) -> Path:
    """The unpacked npm package of that version and checksum; SystemExit if it is another."""
    version, expected = pin
    folder = work / name.replace("/", "-")
    folder.mkdir()
    _run("npm", "pack", "--silent", f"--pack-destination={folder}", f"{name}@{version}")
    archive = next(folder.glob("*.tgz"))
    found = sha256(archive.read_bytes()).hexdigest()
    if found != expected:
        raise SystemExit(f"{name} {version}: sha256 is {found}, expected {expected}")
    _run("tar", "--extract", f"--file={archive}", f"--directory={folder}")
    return folder / "package"


def _sprite(outline: Path) -> str:
    """One SVG file with a symbol per icon; `<use>` gives each its size and colour."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{_strokes(outline / f"{name}.svg")}</symbol>\n'
        for name in ICONS
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def _strokes(icon: Path) -> str:
    inside = icon.read_text().split(">", 1)[1].rsplit("</svg>", 1)[0]
    drawn = re.sub(r'<path stroke="none"[^>]*/>', "", inside)
    return re.sub(r"\s*\n\s*", "", drawn)


def _subsetter(work: Path) -> Path:
    venv.create(work / "venv", with_pip=True)
    python = work / "venv" / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", *SUBSETTERS)
    return python


def _copy(source: Path, name: str) -> None:
    (VENDOR / name).write_bytes(source.read_bytes())


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
