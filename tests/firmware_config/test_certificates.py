from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware_config import certificates

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KIOSKS = certificates.new_authority("hien kiosks", NOW)
KEY = certificates.new_key()


def test_a_kiosks_certificate_lasts_ninety_days_and_is_good_for_a_clock_that_woke_in_the_past() -> (
    None
):
    signed = certificates.issue_client(KIOSKS, "quay-1@hue-1", KEY.public_key(), NOW)

    signed.verify_directly_issued_by(KIOSKS.certificate)
    assert signed.not_valid_after_utc - NOW == timedelta(days=90)
    assert NOW - signed.not_valid_before_utc == timedelta(days=365)
    assert certificates.user_of(signed) == "quay-1@hue-1"


def test_a_kiosk_can_neither_sign_others_nor_pass_for_a_server() -> None:
    signed = certificates.issue_client(KIOSKS, "quay-1@hue-1", KEY.public_key(), NOW)

    assert not signed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usages = signed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    with pytest.raises((ValueError, InvalidSignature)):
        signed.verify_directly_issued_by(certificates.new_authority("hien kiosks", NOW).certificate)


def test_a_server_is_known_by_names_and_addresses() -> None:
    names = ["gateway.lan", "192.168.7.2"]
    signed = certificates.issue_server(KIOSKS, names, KEY.public_key(), NOW)

    assert certificates.names_of(signed) == set(names)


def test_a_name_that_does_not_fit_into_a_certificate_is_refused() -> None:
    longest = "q" * 31 + "@" + "s" * 32
    signed = certificates.issue_client(KIOSKS, longest, KEY.public_key(), NOW)
    assert certificates.user_of(signed) == longest

    with pytest.raises(ValueError, match="64 characters"):
        certificates.issue_client(KIOSKS, longest + "s", KEY.public_key(), NOW)


def test_who_is_revoked_is_on_the_list_and_the_list_outlives_everybody() -> None:
    pem = certificates.revocation_list(KIOSKS, [7, 9, 7], NOW)

    listed = x509.load_pem_x509_crl(pem)
    assert listed.is_signature_valid(KIOSKS.key.public_key())
    assert [one.serial_number for one in listed] == [7, 9]
    assert listed.next_update_utc == KIOSKS.certificate.not_valid_after_utc


def test_a_request_proves_its_key() -> None:
    asked = certificates.request("quay-1@hue-1", KEY)

    assert certificates.requested_key(asked) == KEY.public_key()


def requests_nobody_signs() -> list[tuple[str, bytes]]:
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "quay-1@hue-1")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(named)
    other_curve = builder.sign(ec.generate_private_key(ec.SECP384R1()), hashes.SHA256())
    other_kind = builder.sign(Ed25519PrivateKey.generate(), None)
    good = builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)
    forged = x509.load_der_x509_csr(good[:-1] + bytes([good[-1] ^ 1]))
    return [
        ("another curve", other_curve.public_bytes(Encoding.PEM)),
        ("another kind of key", other_kind.public_bytes(Encoding.PEM)),
        ("a forged signature", forged.public_bytes(Encoding.PEM)),
        ("no request", b"hello"),
        ("a certificate", certificates.certificate_pem(KIOSKS.certificate).encode()),
    ]


@pytest.mark.parametrize(
    "asked", [pytest.param(pem, id=name) for name, pem in requests_nobody_signs()]
)
def test_a_request_that_proves_nothing_is_refused(asked: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        certificates.requested_key(asked)


def test_a_key_comes_back_from_its_file_and_nothing_else_does() -> None:
    text = certificates.key_pem(KEY)

    assert certificates.read_key(text.encode()).public_key() == KEY.public_key()
    with pytest.raises(ValueError, match=r"."):
        certificates.read_key(b"hello")


def test_no_key_is_ever_printed() -> None:
    assert "key" not in repr(KIOSKS)
