"""One whole kiosk, for the stories told about it, and one that does not start."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from tests.kiosk.starting import Refused
from tests.kiosk.whole_kiosk import Kiosk


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path)
    yield made
    made.outbox.close()


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Iterator[Refused]:
    """The status and the one line with which a process does not start; in this very process."""
    handlers, level = [*logging.root.handlers], logging.root.level

    def refuse(path: Path, *command: str) -> tuple[int, str]:
        status = main([*(command or ("kiosk", "run")), "--settings", str(path)])
        said = capfd.readouterr().err
        own = [line for line in said.splitlines() if line.startswith("hien: ")]
        assert "Traceback" not in said
        assert len(own) == 1, said
        return status, own[0]

    yield refuse
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
