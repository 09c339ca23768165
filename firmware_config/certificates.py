"""Certificates of a shop's broker and its kiosks: two small authorities, which trust no third.

Values in, values out; a private key is made here and leaves only as the caller writes it down.
Algorithms: ECDSA on P-256 with SHA-256, which OpenSSL, mosquitto and microcontrollers all speak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = timedelta(days=20 * 365)  # longer than any kiosk: nobody visits them all at once
SERVER_LIFE = timedelta(days=5 * 365)  # renewed by whoever starts the broker, a year before its end
KIOSK_LIFE = timedelta(days=90)  # what a stolen card is worth at most, if nobody notices
RENEW_BEFORE = timedelta(days=30)  # of a kiosk: a month of broken network is no reason to go dark
# A Raspberry Pi without a battery clock wakes up in the past, and must still reach the gateway.
BACK_DATED = timedelta(days=365)
NAME_MAX = 64  # characters of a common name (X.520, ub-common-name)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs certificates of one kind."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey = field(repr=False)


def new_key() -> EllipticCurvePrivateKey:
    """A private key."""
    return ec.generate_private_key(ec.SECP256R1())


def new_authority(name: str, now: datetime) -> Authority:
    """An authority that signs certificates, and nothing below it may."""
    key = new_key()
    subject = _named(name)
    builder = (
        _certificate(subject, key.public_key(), now, now + AUTHORITY_LIFE)
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def issue_server(
    authority: Authority, names: Sequence[str], key: EllipticCurvePublicKey, now: datetime
) -> x509.Certificate:
    """A certificate for servers that are reached by these host names and addresses."""
    return _issue(
        authority,
        _certificate(_named(names[0][:NAME_MAX]), key, now, now + SERVER_LIFE)
        .add_extension(
            x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False),
    )


def issue_client(
    authority: Authority,
    user: str,
    key: EllipticCurvePublicKey,
    now: datetime,
    life: timedelta = KIOSK_LIFE,
) -> x509.Certificate:
    """A certificate by which a broker knows its client; ValueError if the user name is too long."""
    if not 1 <= len(user) <= NAME_MAX:
        raise ValueError(f"{user!r} has more than the {NAME_MAX} characters a certificate can name")
    return _issue(
        authority,
        _certificate(_named(user), key, now, now + life).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        ),
    )


def revocation_list(authority: Authority, serials: Iterable[int], now: datetime) -> bytes:
    """PEM of who is trusted no more. It does not run out: a shop may not close for lack of one."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - BACK_DATED)
        .next_update(authority.certificate.not_valid_after_utc)
    )
    for serial in sorted(set(serials)):
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
        builder = builder.add_revoked_certificate(revoked.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def request(user: str, key: EllipticCurvePrivateKey) -> bytes:
    """PEM of a signing request: somebody who holds this key wants to be that user."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_named(user))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def requested_key(pem: bytes) -> EllipticCurvePublicKey:
    """The key of a signing request that its sender proved to hold; else ValueError.

    What else a request asks for is nobody's wish: the authority decides the name.
    """
    asked = x509.load_pem_x509_csr(pem)
    if not asked.is_signature_valid:
        raise ValueError("the request is not signed by its own key")
    key = asked.public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the request's key is not on P-256")
    return key


def user_of(certificate: x509.Certificate) -> str:
    """The user name a broker reads from a client's certificate."""
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


def names_of(certificate: x509.Certificate) -> set[str]:
    """The host names and addresses a server's certificate is for."""
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = found.get_values_for_type(x509.IPAddress)
    return {*found.get_values_for_type(x509.DNSName), *(str(one) for one in addresses)}


def fingerprint(certificate: x509.Certificate) -> bytes:
    """SHA-256 over the certificate's DER."""
    return sha256(certificate.public_bytes(Encoding.DER)).digest()


def certificate_pem(certificate: x509.Certificate) -> str:
    """A certificate as a file holds it."""
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def key_pem(key: EllipticCurvePrivateKey) -> str:
    """A private key as a file holds it: who can read that file is who it says."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode("ascii")


def identity_pem(key: EllipticCurvePrivateKey, certificate: x509.Certificate) -> str:
    """Key and certificate as one file, so that they are replaced together or not at all."""
    return key_pem(key) + certificate_pem(certificate)


def read_key(pem: bytes) -> EllipticCurvePrivateKey:
    """A private key from a file; ValueError if there is none on P-256 in it."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("is no private key on P-256")
    return key


def _certificate(
    subject: x509.Name, key: EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issue(authority: Authority, builder: x509.CertificateBuilder) -> x509.Certificate:
    signer = authority.key.public_key()
    return (
        builder.issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
