"""Renews this kiosk's certificate by itself, a month before it ends. Judges nothing else.

A kiosk whose certificate has ended goes on without network, and keeps its events.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from firmware_config.certificates import RENEW_BEFORE
from kiosk.adapters.enrolment import Identity
from runtime.clock import Clock
from runtime.errors import SettingsError, UnavailableError

LOOK_EVERY_S = 3_600.0  # of 30 days: 700 chances

log = logging.getLogger(__name__)


class CertificateCare:
    """One thread, `certificate`, that mostly sleeps."""

    def __init__(
        self, identity: Identity, where: tuple[str, int], clock: Clock, renewed: Callable[[], None]
    ) -> None:
        """`where` is the gateway's enrolment port; `renewed` is called with a new certificate."""
        self._identity = identity
        self._where = where
        self._clock = clock
        self._renewed = renewed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="certificate")

    def start(self) -> None:
        """Look now, and every hour from now on."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a renewal under way is finished first."""
        self._stopping.set()
        self._thread.join()

    def look(self) -> bool:
        """Renew if it is time; True if there is a new certificate."""
        left = self._identity.ends() - self._clock.utc()
        if left > RENEW_BEFORE:
            return False
        try:
            ends = self._identity.renew(*self._where)
        except UnavailableError as error:
            log.warning("%d days are left of our certificate: %s", left.days, error)
            return False
        log.info("our certificate is renewed until %s", ends.date())
        self._renewed()
        return True

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except SettingsError as error:  # what renewing needs is gone: said, and tried again
                log.error("our certificate cannot be renewed: %s", error)
            if self._stopping.wait(LOOK_EVERY_S):
                return
