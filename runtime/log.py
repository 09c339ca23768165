"""One line a happening on stderr, which systemd's journal keeps. Ids only, never names."""

from __future__ import annotations

import logging
import sys


def configure(process: str, level: str = "INFO") -> None:
    """Send this process's log lines to stderr; called once, by the process's main."""
    logging.basicConfig(
        level=level,
        stream=sys.stderr,
        format=f"%(asctime)s {process} %(levelname)s %(name)s: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
        force=True,
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)  # its news are no news
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # "queue depth" at every burst
