"""Prints a page of ours as PDF, where a Chromium is installed. It loads nothing from elsewhere."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

# Debian's starters read /proc/cpuinfo, which the service does not see: with each, what it starts.
PROGRAMS = {
    "chromium": Path("/usr/lib/chromium/chromium"),
    "chromium-headless-shell": Path("/usr/lib/chromium/chromium-headless-shell"),
    "chromium-browser": Path("/usr/lib/chromium-browser/chromium-browser"),
    "google-chrome": Path("/opt/google/chrome/chrome"),
}
PATIENCE_S = 60.0  # a Raspberry Pi 4 takes eight
# Our own page without a script: a sandbox within the service's own has no rights to be made.
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
# In the service no process may make namespaces: what would begin with new ones begins as it is.
CONFINED = ("--no-zygote", "--in-process-gpu")
PRINTING = ("--no-pdf-header-footer", "--virtual-time-budget=1000", "--js-flags=--jitless")

log = logging.getLogger(__name__)


def printed(html: str) -> bytes | None:
    """The page as PDF; None if there is no Chromium, or it did not manage."""
    program = _program()
    if program is None:
        return None
    with TemporaryDirectory() as folder:
        page, pdf = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, encoding="utf-8")
        where = (f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.as_uri())
        command = (program, *OPTIONS, *CONFINED, *PRINTING, *where)
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
            return pdf.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("no PDF of the report: %s: %s", program, _why(error))
            return None


def _why(error: OSError | subprocess.SubprocessError) -> str:
    """Its kind, and the last that Chromium said."""
    said: bytes = getattr(error, "stderr", None) or b""
    last = said.decode(errors="replace").strip().rpartition("\n")[2]
    return f"{type(error).__name__} {last}".strip()


def _program() -> str | None:
    for name, started in PROGRAMS.items():
        if (found := which(name)) is not None:
            return which(started) or found
    return None
