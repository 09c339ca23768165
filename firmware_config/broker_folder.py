"""A broker's folder: its authorities, certificates, configuration and access file, on the disk.

What is secret is readable by its owner only. An authority that is there is kept: every kiosk
trusts it. Starts nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from contract.topics import KioskAddress
from firmware_config import certificates, mosquitto
from firmware_config.certificates import Authority
from firmware_config.mosquitto import BrokerPlan
from runtime.errors import SettingsError, UnavailableError
from runtime.small_file import ONLY_THE_OWNER, replace

SBIN = ("/usr/sbin", "/usr/local/sbin")  # where Debian puts it, and people have no PATH to
CLIENT, CLIENT_KEY = "gateway.pem", "gateway.key"
ONLY_THE_OWNER_ENTERS = 0o700
RENEW_SERVER_BEFORE = timedelta(days=365)  # the broker starts more often than once a year
OURS_LIFE = certificates.SERVER_LIFE  # the gateway's own, renewed with the server's


@dataclass(frozen=True)
class BrokerFolder:
    """The folder and what is asked of it."""

    plan: BrokerPlan
    names: Sequence[str]  # how kiosks and gateway call the broker's machine
    at: Path | None = None  # where it is written, if it is carried to its place afterwards

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.at or Path(self.plan.folder)

    @property
    def configuration(self) -> Path:
        """What mosquitto is started with."""
        return self.path / mosquitto.CONFIGURATION

    def gateway_tls(self) -> dict[str, Path]:
        """What [broker.tls] of the gateway is."""
        return {
            "ca": self.path / mosquitto.HOUSE_AUTHORITY,
            "certificate": self.path / CLIENT,
            "key": self.path / CLIENT_KEY,
        }

    def kiosks_authority(self) -> Authority:
        """Who signs kiosks; SettingsError if it was not made, or is damaged."""
        return self._authority(mosquitto.KIOSKS_AUTHORITY)

    def house_authority(self) -> Authority:
        """Who signs the broker and the gateway; kiosks pin it."""
        return self._authority(mosquitto.HOUSE_AUTHORITY)

    def write(
        self, kiosks: Iterable[KioskAddress], revoked: Collection[int], now: datetime
    ) -> list[Path]:
        """Bring all files up to date; returns those that changed, so that a broker is told."""
        try:
            for folder in (self.path, self.path / mosquitto.DATA):
                folder.mkdir(mode=ONLY_THE_OWNER_ENTERS, parents=True, exist_ok=True)
            return [
                *self._write_authorities(now),
                *self._write_servers(now),
                *self._put(mosquitto.CONFIGURATION, mosquitto.configuration(self.plan)),
                *self._put(
                    mosquitto.ACCESS,
                    mosquitto.access(kiosks, home_assistant=self.plan.home_assistant),
                ),
                *self._write_revoked(revoked, now),
            ]
        except OSError as error:
            raise SettingsError(f"{self.path}: cannot be written ({error.strerror})") from error

    def _write_authorities(self, now: datetime) -> list[Path]:
        made: list[Path] = []
        for name, subject in (
            (mosquitto.HOUSE_AUTHORITY, "hien house"),
            (mosquitto.KIOSKS_AUTHORITY, "hien kiosks"),
        ):
            if (self.path / name).exists():
                continue
            authority = certificates.new_authority(subject, now)
            # The key first: a certificate without its key would be kept, and sign nothing.
            made += self._put(_key_of(name), certificates.key_pem(authority.key), ONLY_THE_OWNER)
            made += self._put(name, certificates.certificate_pem(authority.certificate))
        return made

    def _write_servers(self, now: datetime) -> list[Path]:
        house = self.house_authority()

        def server() -> tuple[str, str]:
            key = certificates.new_key()
            signed = certificates.issue_server(house, self.names, key.public_key(), now)
            return certificates.certificate_pem(signed), certificates.key_pem(key)

        def client() -> tuple[str, str]:
            key = certificates.new_key()
            user = mosquitto.GATEWAY
            signed = certificates.issue_client(house, user, key.public_key(), now, OURS_LIFE)
            return certificates.certificate_pem(signed), certificates.key_pem(key)

        return [
            *self._renew(mosquitto.SERVER, mosquitto.SERVER_KEY, server, now),
            *self._renew(CLIENT, CLIENT_KEY, client, now),
        ]

    def _renew(
        self, name: str, key_name: str, issue: Callable[[], tuple[str, str]], now: datetime
    ) -> list[Path]:
        """Issue anew what is missing, ends soon or is for other names."""
        if self._is_good(name, key_name, now):
            return []
        signed, key = issue()
        (self.path / name).unlink(missing_ok=True)  # never an old one beside a new key
        return [*self._put(key_name, key, ONLY_THE_OWNER), *self._put(name, signed)]

    def _is_good(self, name: str, key_name: str, now: datetime) -> bool:
        if not (self.path / name).exists() or not (self.path / key_name).exists():
            return False
        signed = x509.load_pem_x509_certificate((self.path / name).read_bytes())
        if signed.not_valid_after_utc - now < RENEW_SERVER_BEFORE:
            return False
        return name != mosquitto.SERVER or certificates.names_of(signed) == set(self.names)

    def _write_revoked(self, revoked: Collection[int], now: datetime) -> list[Path]:
        path = self.path / mosquitto.REVOKED
        if path.exists():
            listed = x509.load_pem_x509_crl(path.read_bytes())
            if {one.serial_number for one in listed} == set(revoked):
                return []
        listed_pem = certificates.revocation_list(self.kiosks_authority(), revoked, now)
        return self._put(mosquitto.REVOKED, listed_pem.decode("ascii"))

    def _authority(self, name: str) -> Authority:
        path = self.path / name
        try:
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            key = certificates.read_key((self.path / _key_of(name)).read_bytes())
        except OSError as error:
            detail = f"{error.strerror}; hien gateway broker-config writes it"
            raise SettingsError(f"{error.filename}: {detail}") from error
        except ValueError as error:
            raise SettingsError(f"{path} or its key: is damaged ({error})") from error
        if certificate.public_key() != key.public_key():
            raise SettingsError(f"{path}: belongs to another key than {_key_of(name)}")
        return Authority(certificate, key)

    def _put(self, name: str, text: str, mode: int | None = None) -> list[Path]:
        path = self.path / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return []
        replace(path, text, mode)
        return [path]


def broker_program() -> str:
    """The broker's program; UnavailableError if it is not installed."""
    return find_program(os.pathsep.join((os.environ.get("PATH", os.defpath), *SBIN)))


def find_program(folders: str) -> str:
    """The broker's program in one of these folders; UnavailableError if it is in none."""
    program = shutil.which("mosquitto", path=folders)
    if program is None:
        raise UnavailableError("mosquitto is not installed; run: sudo apt-get install mosquitto")
    return program


def _key_of(authority: str) -> str:
    return authority.removesuffix(".pem") + ".key"
