"""Asks the gateway for this kiosk's certificate, over HTTPS. The private key stays in its file."""

from __future__ import annotations

import http.client
import logging
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from contract import codec, enrolment
from contract.enrolment import MAX_BYTES, PIN_BYTES, Ask, Code, Issued, Renewal
from contract.errors import ContractError
from contract.messages import Message
from firmware_config import certificates
from runtime.errors import SettingsError, UnavailableError
from runtime.small_file import ONLY_THE_OWNER, replace
from runtime.tls import Tls

PATIENCE_S = 15.0  # a Raspberry Pi on bad Wi-Fi shakes hands within 3
TRIES = 3  # a code is good again for the same key, if its answer was lost

log = logging.getLogger(__name__)


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
        self._check_files()
        where = _Where(code.host, code.port, self.tls)
        authority = where.authority(code.pin)
        key = certificates.new_key()
        request = certificates.request(self.user, key).decode("ascii")
        ask = Ask(code.secret.hex(), request)
        issued = where.post(enrolment.ENROL_PATH, ask, authority)
        if issued is None:
            raise SettingsError(
                "the gateway does not take this code: it was used, or is older than 15 minutes;"
                " hien gateway enrol-kiosk makes another"
            )
        return self._keep(key, issued, authority)

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
        where = _Where(host, port, self.tls)
        issued = where.post(enrolment.RENEW_PATH, renewal, authority)
        if issued is None:
            raise UnavailableError("the gateway does not renew this certificate; is it revoked?")
        return self._keep(key, issued, authority)

    def _keep(self, key: EllipticCurvePrivateKey, issued: Issued, authority: str) -> datetime:
        """Both in one file, so that a power cut leaves the old pair or the new one."""
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

    def _check_files(self) -> None:
        if self.tls.key is not None:
            raise SettingsError(
                "[broker.tls] key: leave it out; key and certificate are replaced as one file"
            )
        for path in (self.tls.ca, self.tls.certificate):
            _check_folder(path)


@dataclass(frozen=True, slots=True)
class _Where:
    """The gateway's enrolment port."""

    host: str
    port: int
    tls: Tls

    def authority(self, pin: bytes) -> str:
        """The house's authority in PEM; whoever answers, only the pinned one is believed."""
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        nobody.check_hostname = False
        nobody.verify_mode = ssl.CERT_NONE  # nothing secret is said before the pin fits
        status, pem = self._exchange("GET", enrolment.AUTHORITY_PATH, b"", nobody)
        stranger = f"who answers at {self.host}:{self.port} is no gateway of ours"
        if status != HTTPStatus.OK:
            raise UnavailableError(stranger)
        try:
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError as error:
            raise UnavailableError(stranger) from error
        if certificates.fingerprint(certificate)[:PIN_BYTES] != pin:
            raise SettingsError(
                f"who answers at {self.host}:{self.port} is not the gateway that made this code:"
                " check the code, then the network"
            )
        return certificates.certificate_pem(certificate)

    def post(self, path: str, said: Message, authority: str) -> Issued | None:
        """What the gateway issues; None if it refuses. Tries again if the answer is lost."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(cadata=authority)
        for left in reversed(range(TRIES)):
            try:
                status, body = self._exchange("POST", path, codec.encode(said), context)
            except UnavailableError:
                if not left:
                    raise
                continue
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                raise UnavailableError("the gateway wants a minute's pause: too many wrong tries")
            return enrolment.read_issued(body) if status == HTTPStatus.OK else None
        raise AssertionError("unreachable")

    def _exchange(
        self, method: str, path: str, body: bytes, context: ssl.SSLContext
    ) -> tuple[int, bytes]:
        host = self.host.strip("[]")
        link = http.client.HTTPSConnection(host, self.port, timeout=PATIENCE_S, context=context)
        try:
            link.request(method, path, body or None)
            reply = link.getresponse()
            return reply.status, reply.read(MAX_BYTES + 1)
        except ssl.SSLCertVerificationError as error:
            raise SettingsError(
                f"{self.host} is not the name in the gateway's certificate"
                f" ({error.verify_message}); add it to [own_broker] names"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            where = f"{self.host}:{self.port}"
            raise UnavailableError(f"no gateway answers at {where}: {error}") from error
        finally:
            link.close()


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise SettingsError(f"[broker.tls] {path.parent}: is no folder; make it first")


def read_code(text: str) -> Code:
    """The code a person typed; SettingsError if it is none."""
    try:
        return enrolment.read_code(text)
    except ContractError as error:
        raise SettingsError(str(error)) from error
