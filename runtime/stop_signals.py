"""SIGTERM and SIGINT as an event that one looks at, so that nothing is broken off in its middle.

KeyboardInterrupt may be raised between taking a lock and giving it back, and then it is held for
ever. Event.set takes a lock, too, and a handler runs within whatever the main thread is doing,
were it waiting for the same event: so a thread sets it, and the handler leaves only a word, in the
one queue whose put may come in the middle of anything.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

NUMBERS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Set once the process is asked to stop. On the way out whoever heard it before does again."""
    stopping, asked = threading.Event(), SimpleQueue[bool]()
    before = [(number, signal.getsignal(number)) for number in NUMBERS]
    thread = threading.Thread(target=_pass_on, args=(asked, stopping), name="stop signals")
    thread.start()
    for number in NUMBERS:
        signal.signal(number, lambda *_: asked.put(True))
    try:
        yield stopping
    finally:
        for number, handler in before:
            signal.signal(number, handler)
        asked.put(False)
        thread.join()


def _pass_on(asked: SimpleQueue[bool], stopping: threading.Event) -> None:
    while asked.get():
        stopping.set()
