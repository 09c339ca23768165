"""Asks the gateway for this kiosk's certificate, over HTTPS. The private key stays in its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from contract import enrolment
from contract.enrolment import Ask, Code, Issued, Renewal
from contract.errors import ContractError
from firmware_config import certificates
from kiosk.adapters.enrolment_port import EnrolmentPort
from runtime.errors import SettingsError, UnavailableError
from runtime.small_file import ONLY_THE_OWNER, replace
from runtime.tls import Tls


@dataclass(frozen=True, slots=True)
class Identity:
    """Where this kiosk's files are, and who it is."""

    tls: Tls
    user: str

    def ends(self) -> datetime:
        """When its certificate ends. SettingsError if it has none."""
        return self._read()[1].not_valid_after_utc.astimezone(UTC)

    def enrol(self, code: Code) -> datetime:
        """Make a key, ask for its certificate, keep both; returns when it ends.

        SettingsError says what is wrong with code or settings, UnavailableError that nobody
        answers. Nothing is written unless all went well.
        """
        self.check_files()
        where = EnrolmentPort(code.host, code.port)
        authority = where.authority(code.pin)
        key = certificates.new_key()
        request = certificates.request(self.user, key).decode("ascii")
        ask = Ask(code.secret.hex(), request)
        body = where.post(enrolment.ENROL_PATH, ask, authority)
        if body is None:
            raise SettingsError(
                "the gateway does not take this code: it was used, or is older than 15 minutes;"
                " hien gateway enrol-kiosk makes another"
            )
        return self.keep(key, enrolment.read_issued(body), authority)

    def renew(self, host: str, port: int) -> datetime:
        """Ask for the next certificate, by the one that ends soon; returns when that ends.

        UnavailableError if the gateway does not answer, or not like this.
        """
        was, certificate = self._read()
        authority = self.tls.ca.read_text(encoding="ascii")
        key = certificates.new_key()
        request = certificates.request(self.user, key).decode("ascii")
        pem = certificates.certificate_pem(certificate)
        unsigned = Renewal(pem, request, "00" * 8)
        signature = was.sign(unsigned.signed, ec.ECDSA(hashes.SHA256())).hex()
        renewal = Renewal(pem, request, signature)
        where = EnrolmentPort(host, port)
        body = where.post(enrolment.RENEW_PATH, renewal, authority)
        if body is None:
            raise UnavailableError("the gateway does not renew this certificate; is it revoked?")
        return self.keep(key, enrolment.read_issued(body), authority)

    def keep(self, key: EllipticCurvePrivateKey, issued: Issued, authority: str) -> datetime:
        """Both in one file, so that a power cut leaves the old pair or the new one.

        Returns when the certificate ends; SettingsError, UnavailableError as `enrol`.
        """
        try:
            signed = x509.load_pem_x509_certificate(issued.certificate.encode())
            is_ours = signed.public_key() == key.public_key()
            name = certificates.user_of(signed)
        except ValueError as error:
            raise UnavailableError(f"the gateway's answer is no certificate: {error}") from error
        if not is_ours or name != self.user:
            raise SettingsError(f"the code is for {name}; these settings are of {self.user}")
        try:
            replace(self.tls.ca, authority)
            text = certificates.identity_pem(key, signed)
            replace(self.tls.certificate, text, ONLY_THE_OWNER)
        except OSError as error:
            raise SettingsError(
                f"{self.tls.certificate}: cannot be written ({error.strerror})"
            ) from error
        return signed.not_valid_after_utc.astimezone(UTC)

    def _read(self) -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
        path = self.tls.certificate
        try:
            pem = path.read_bytes()
            return certificates.read_key(pem), x509.load_pem_x509_certificate(pem)
        except OSError as error:
            raise SettingsError(f"[broker.tls] certificate {path}: {error.strerror}") from error
        except ValueError as error:
            raise SettingsError(f"[broker.tls] certificate {path}: is damaged") from error

    def check_files(self) -> None:
        """SettingsError if key and certificate could not be kept."""
        if self.tls.key is not None:
            raise SettingsError(
                "[broker.tls] key: leave it out; key and certificate are replaced as one file"
            )
        for path in (self.tls.ca, self.tls.certificate):
            _check_folder(path)


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise SettingsError(f"[broker.tls] {path.parent}: is no folder; make it first")


def read_code(text: str) -> Code:
    """The code a person typed; SettingsError if it is none."""
    try:
        return enrolment.read_code(text)
    except ContractError as error:
        raise SettingsError(str(error)) from error
