"""Prints a page of ours as PDF, where a Chromium is installed. It loads nothing from elsewhere."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_S = 60.0  # a Raspberry Pi 4 takes eight
# Our own page without a script: a sandbox within the service's own has no rights to be made.
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
PRINTING = ("--no-pdf-header-footer", "--virtual-time-budget=1000", "--js-flags=--jitless")

log = logging.getLogger(__name__)


def printed(html: str) -> bytes | None:
    """The page as PDF; None if there is no Chromium, or it did not manage."""
    program = next((found for name in PROGRAMS if (found := which(name))), None)
    if program is None:
        return None
    with TemporaryDirectory() as folder:
        page, pdf = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, encoding="utf-8")
        where = (f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.as_uri())
        command = (program, *OPTIONS, *PRINTING, *where)
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
            return pdf.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("no PDF of the report: %s: %s", program, type(error).__name__)
            return None
