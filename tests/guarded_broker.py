"""A real mosquitto with the project's own configuration, and certificates for whoever asks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from contract.topics import KioskAddress
from firmware_config import certificates
from firmware_config.broker_folder import CLIENT, CLIENT_KEY, BrokerFolder
from firmware_config.certificates import Authority
from firmware_config.mosquitto import HOUSE_AUTHORITY, BrokerPlan
from runtime.tls import Tls
from tests.broker import free_port
from tests.waiting import until

HOST = "localhost"
NOW = datetime.now(UTC)  # certificates are judged by OpenSSL, whose clock is the machine's
MESSAGE_MAX_BYTES = 1 << 16


class GuardedBroker:
    """One mosquitto process, its folder, and its log."""

    def __init__(self, folder: Path, kiosks: list[KioskAddress]) -> None:
        self.port, self.gateway_port = free_port(), free_port()
        plan = BrokerPlan(
            folder=str(folder),
            port=self.port,
            gateway_port=self.gateway_port,
            host="127.0.0.1",
            message_max_bytes=MESSAGE_MAX_BYTES,
            user="root" if os.getuid() == 0 else None,
        )
        self.files = BrokerFolder(plan, [HOST, "127.0.0.1"])
        self.kiosks = kiosks
        self.revoked: set[int] = set()
        self.files.write(kiosks, self.revoked, NOW)
        self.ca = folder / HOUSE_AUTHORITY
        self.gateway = Tls(ca=self.ca, certificate=folder / CLIENT, key=folder / CLIENT_KEY)
        self._folder = folder

    def start(self) -> None:
        """Start, and wait until it answers."""
        binary = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert binary, "mosquitto is not installed; ./hien test installs it"
        with (self._folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [binary, "-c", str(self.files.configuration)], stderr=log
            )
        until(lambda: " running" in self.log(), "mosquitto runs")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def tell(self) -> None:
        """Write the files anew and have mosquitto read them."""
        before = self.log().count("Reloading config")
        self.files.write(self.kiosks, self.revoked, NOW)
        self.process.send_signal(signal.SIGHUP)
        until(lambda: self.log().count("Reloading config") > before, "mosquitto has read it")

    def identity(
        self,
        user: str,
        authority: Authority | None = None,
        life: timedelta = certificates.KIOSK_LIFE,
        name: str = "",
    ) -> Tls:
        """Files of somebody whom an authority, else the kiosks' own, calls by that name."""
        key = certificates.new_key()
        signer = authority or self.files.kiosks_authority()
        signed = certificates.issue_client(signer, user, key.public_key(), NOW, life)
        path = self._folder / f"{name or user}-{signed.serial_number:x}.pem"
        path.write_text(certificates.key_pem(key) + certificates.certificate_pem(signed))
        return Tls(ca=self.ca, certificate=path)


def serial(tls: Tls) -> int:
    return x509.load_pem_x509_certificate(tls.certificate.read_bytes()).serial_number
