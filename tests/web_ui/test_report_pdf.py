"""Why no PDF was made is said in a line, for whoever looks after the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from web_ui.report import pdf


def test_what_a_chromium_said_last_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho first >&2\necho 'no memory left' >&2\nexit 5\n")
    broken.chmod(0o755)
    monkeypatch.setattr(pdf, "PROGRAMS", {str(broken): broken})

    assert pdf.printed("<p>a</p>") is None
    assert "CalledProcessError no memory left" in caplog.text
