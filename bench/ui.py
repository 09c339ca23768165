"""Pages in Chromium at a sixth of its speed; motion, memory after ten thousand changes, streams."""

from __future__ import annotations

from os import cpu_count, getloadavg

from bench import ui_board, ui_kiosk, ui_motion
from bench.measure import Bench, Result


def run() -> list[Result]:
    """The kiosk's page, then the staff's board with its streams; and what else the machine did."""
    busy, results = getloadavg()[0], [*ui_kiosk.run(), *ui_motion.run(), *ui_board.run()]
    cores = cpu_count() or 1
    return [*results, Result("load-at-start", round(busy, 1), "processes", cores, None)]


BENCH = Bench(
    what="event to pixels, touch to frame, first load and weight of pages, motion, memory, streams",
    peer=(
        "a bare page that writes what the same kind of event brings, in turns with ours, and the"
        " cores of the machine"
    ),
    goal=(
        "at 6x: kiosk 200 ms from event to pixels, 150 ms from touch to frame, 1200 ms to the"
        " largest paint; staff 150 ms and 1500 ms; kiosk 250 KB and 20 KB of scripts, staff 300 KB"
        " and 45 KB; 58 frames a second and none over 50 ms; 2 MB after 10,000 changes, or events,"
        " and no node or listener more; 200 streams and requests beside them 100 ms, one"
        " stream more 503"
    ),
    run=run,
    clock="Wall-clock time",
)
