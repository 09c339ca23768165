"""Which files make a client, and what is said of those that do not."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware_config import certificates
from kiosk.settings import KioskSettings
from runtime.errors import SettingsError
from runtime.settings import load
from runtime.tls import Tls, client_context

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOUSE = certificates.new_authority("hien house", NOW)


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    key = certificates.new_key()
    signed = certificates.issue_client(HOUSE, "quay-1@hue-1", key.public_key(), NOW)
    (tmp_path / "ca.pem").write_text(certificates.certificate_pem(HOUSE.certificate))
    (tmp_path / "kiosk.pem").write_text(certificates.certificate_pem(signed))
    (tmp_path / "kiosk.key").write_text(certificates.key_pem(key))
    return Tls(
        ca=tmp_path / "ca.pem", certificate=tmp_path / "kiosk.pem", key=tmp_path / "kiosk.key"
    )


def test_a_client_believes_one_authority_and_speaks_nothing_older_than_tls_13(tls: Tls) -> None:
    context = client_context(tls)

    assert context.minimum_version == ssl.TLSVersion.TLSv1_3
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1


def test_key_and_certificate_may_share_a_file(tls: Tls, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    assert tls.key is not None
    both.write_text(tls.key.read_text() + tls.certificate.read_text())

    client_context(Tls(ca=tls.ca, certificate=both))  # it would say what is wrong


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("ca.pem", None, r"ca .*ca.pem: No such file or directory; .* hien kiosk enrol"),
        ("ca.pem", "hello", r"ca .*ca.pem: is not what it should be, in PEM"),
        ("kiosk.pem", None, r"certificate .*kiosk.pem: No such file or directory"),
        ("kiosk.pem", "hello", r"certificate .*kiosk.pem: is not what it should be"),
        ("kiosk.key", None, r"key .*kiosk.key: No such file or directory"),
        (
            "kiosk.key",
            certificates.key_pem(certificates.new_key()),
            r"kiosk.pem: and its key do not belong together",
        ),
    ],
)
def test_a_wrong_file_is_named(
    tls: Tls, tmp_path: Path, file: str, content: str | None, said: str
) -> None:
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_text(content)

    with pytest.raises(SettingsError, match=said):
        client_context(tls)


KIOSK = """\
store = "hue-1"
store_no = 1
kiosk = "quay-1"
store_name = "Huế"
kiosk_name = "Quầy 1"
data_dir = "."
"""
TLS = '[broker.tls]\nca = "ca.pem"\ncertificate = "kiosk.pem"\n'
BOARD = '[[receivers]]\nkind = "espresense"\nid = "tra"\nzone = "tra"\n'


def settings(tmp_path: Path, more: str) -> KioskSettings:
    path = tmp_path / "kiosk.toml"
    path.write_text(KIOSK + more)
    return load(KioskSettings, path)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_on_this_machine_a_broker_may_be_told_in_the_clear(tmp_path: Path, host: str) -> None:
    assert settings(tmp_path, f'[broker]\nhost = "{host}"').broker.host == host


@pytest.mark.parametrize("host", ["192.168.7.2", "gateway.lan", "localhost.evil.lan", "0.0.0.0"])
def test_beyond_this_machine_nothing_is_said_in_the_clear(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match=r"\[broker.tls\] is missing"):
        settings(tmp_path, f'[broker]\nhost = "{host}"')

    assert settings(tmp_path, f'[broker]\nhost = "{host}"\n{TLS}').broker.tls


def test_boards_without_certificates_need_a_broker_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[receivers_broker\] is missing"):
        settings(tmp_path, TLS + BOARD)

    own = settings(tmp_path, TLS + '[receivers_broker]\nhost = "192.168.9.2"\n' + BOARD)
    assert (own.boards.host, own.boards.port) == ("192.168.9.2", 1883)
    assert settings(tmp_path, "[broker]\nport = 1999\n" + BOARD).boards.port == 1999
