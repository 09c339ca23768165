"""Asks a gateway to be let in, with a key that is made here and kept in memory until it answers."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contract import petitions
from contract.petitions import NONCE_BYTES, Answer, Inquiry, Place, Stage
from contract.petitions import Petition as Said
from contract.topics import KioskAddress
from firmware_config import certificates
from kiosk.adapters.enrolment import Identity
from kiosk.adapters.enrolment_port import EnrolmentPort
from kiosk.adapters.place_file import PlaceFile
from runtime.errors import SettingsError, UnavailableError
from runtime.tls import Tls

PATIENCE_S = 5.0  # somebody looks at the screen; and whoever watches over us waits 30 s
NOBODY = "kiosk"  # in the request; the gateway decides the name


@dataclass(frozen=True, slots=True)
class Petition:
    """One question that was asked, and what the screen shows of it."""

    code: str
    inquiry: Inquiry
    authority: str
    key: EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Petitioner:
    """Where to ask, and where to keep what comes of it."""

    where: tuple[str, int]
    tls: Tls
    file: PlaceFile
    wish: str = ""  # the user name it would like, from a card that was made for one place

    def ask(self) -> Petition:
        """Ask to be let in; UnavailableError if no gateway answers, or not now."""
        port = self._port
        authority = port.authority(pin=None)
        key, nonce = certificates.new_key(), os.urandom(NONCE_BYTES)
        request = certificates.request(NOBODY, key).decode("ascii")
        said = Said(request, petitions.commitment(nonce), self.wish)
        body = port.post(petitions.PETITION_PATH, said, authority)
        if body is None:
            raise UnavailableError("the gateway takes no new kiosk just now: too many are waiting")
        noted = petitions.read_noted(body)
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        named = sha256(spki).hexdigest()
        house = certificates.fingerprint(x509.load_pem_x509_certificate(authority.encode()))
        code = petitions.code(named, house, nonce, bytes.fromhex(noted.nonce))
        return Petition(code, Inquiry(named, nonce.hex()), authority, key)

    def answer(self, petition: Petition) -> Answer:
        """What has become of it; UnavailableError if nobody says."""
        body = self._port.post(petitions.INQUIRY_PATH, petition.inquiry, petition.authority)
        return Answer(Stage.EXPIRED) if body is None else petitions.read_answer(body)

    def keep(self, petition: Petition, answer: Answer) -> Place:
        """Write down what the gateway gave: first which kiosk this is, then its certificate.

        The certificate comes last: with it, this machine is a kiosk. SettingsError if it cannot be.
        """
        place, issued = answer.place, answer.issued
        if place is None or issued is None:
            raise UnavailableError("the gateway's answer lacks a certificate or a place")
        if issued.authority.strip() != petition.authority.strip():
            raise SettingsError("the gateway's authority is not the one of the code")
        identity = Identity(self.tls, KioskAddress(place.store, place.kiosk).user)
        identity.check_files()
        self.file.save(place)
        identity.keep(petition.key, issued, petition.authority)
        return place

    @property
    def _port(self) -> EnrolmentPort:
        return EnrolmentPort(*self.where, patience_s=PATIENCE_S, tries=1)
