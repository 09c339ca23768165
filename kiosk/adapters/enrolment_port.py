"""Speaks HTTPS with a gateway's enrolment port: short questions, small answers. Keeps nothing."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from http import HTTPStatus

from cryptography import x509

from contract import codec, enrolment
from contract.enrolment import MAX_BYTES, PIN_BYTES
from contract.messages import Message
from firmware_config import certificates
from runtime.errors import SettingsError, UnavailableError

PATIENCE_S = 15.0  # a Raspberry Pi on bad Wi-Fi shakes hands within 3
TRIES = 3  # a code is good again for the same key, if its answer was lost


@dataclass(frozen=True, slots=True)
class EnrolmentPort:
    """Where a gateway answers kiosks."""

    host: str
    port: int
    patience_s: float = PATIENCE_S
    tries: int = TRIES

    def authority(self, pin: bytes | None) -> str:
        """The house's authority in PEM; whoever answers, only the pinned one is believed.

        Without a pin nobody is: then a person compares a code that is made of it.
        """
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
        if pin is not None and certificates.fingerprint(certificate)[:PIN_BYTES] != pin:
            raise SettingsError(
                f"who answers at {self.host}:{self.port} is not the gateway that made this code:"
                " check the code, then the network"
            )
        return certificates.certificate_pem(certificate)

    def post(self, path: str, said: Message, authority: str) -> bytes | None:
        """What the gateway answers; None if it refuses. Tries again if the answer is lost."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(cadata=authority)
        for left in reversed(range(self.tries)):
            try:
                status, body = self._exchange("POST", path, codec.encode(said), context)
            except UnavailableError:
                if not left:
                    raise
                continue
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                raise UnavailableError("the gateway wants a minute's pause: too many wrong tries")
            return body if status == HTTPStatus.OK else None
        raise AssertionError("unreachable")

    def _exchange(
        self, method: str, path: str, body: bytes, context: ssl.SSLContext
    ) -> tuple[int, bytes]:
        host = self.host.strip("[]")
        link = http.client.HTTPSConnection(
            host, self.port, timeout=self.patience_s, context=context
        )
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
