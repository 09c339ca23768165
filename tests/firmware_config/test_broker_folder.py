from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from contract.topics import KioskAddress
from firmware_config import certificates
from firmware_config.broker_folder import BrokerFolder, find_program
from firmware_config.mosquitto import BrokerPlan
from runtime.errors import SettingsError, UnavailableError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
QUAY = KioskAddress("hue-1", "quay-1")


def folder(tmp_path: Path, *names: str) -> BrokerFolder:
    return BrokerFolder(BrokerPlan(str(tmp_path / "broker")), names or ("gateway.lan",))


def written(found: list[Path]) -> set[str]:
    return {path.name for path in found}


def test_the_first_time_everything_is_written_and_secrets_are_the_owners(tmp_path: Path) -> None:
    files = folder(tmp_path)

    assert written(files.write([QUAY], (), NOW)) == {
        "access.acl",
        "gateway.key",
        "gateway.pem",
        "house-ca.key",
        "house-ca.pem",
        "kiosks-ca.key",
        "kiosks-ca.pem",
        "kiosks.crl",
        "mosquitto.conf",
        "server.key",
        "server.pem",
    }
    secret = {path.name for path in files.path.iterdir() if path.stat().st_mode & 0o077 == 0}
    keys = {"gateway.key", "house-ca.key", "kiosks-ca.key", "server.key"}
    assert secret == keys | {"data"}
    assert files.path.stat().st_mode & 0o077 == 0


def test_what_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    files = folder(tmp_path)
    files.write([QUAY], (7,), NOW)

    assert files.write([QUAY], (7,), NOW + timedelta(days=1)) == []
    assert written(files.write([QUAY], (7, 8), NOW)) == {"kiosks.crl"}
    assert written(files.write([], (7, 8), NOW)) == {"access.acl"}


def test_authorities_stay_whatever_happens_to_the_rest(tmp_path: Path) -> None:
    files = folder(tmp_path)
    files.write([QUAY], (), NOW)
    before = certificates.fingerprint(files.house_authority().certificate)

    changed = written(folder(tmp_path, "192.168.7.2").write([], (), NOW + timedelta(days=3_000)))

    assert changed == {"access.acl", "gateway.key", "gateway.pem", "server.key", "server.pem"}
    assert certificates.fingerprint(files.house_authority().certificate) == before


def test_the_brokers_own_certificates_are_renewed_a_year_before_their_end(tmp_path: Path) -> None:
    files = folder(tmp_path)
    files.write([], (), NOW)
    life = certificates.SERVER_LIFE

    assert not files.write([], (), NOW + life - timedelta(days=365))
    assert written(files.write([], (), NOW + life - timedelta(days=364))) == {
        "gateway.key",
        "gateway.pem",
        "server.key",
        "server.pem",
    }


def test_a_server_for_other_names_gets_another_certificate(tmp_path: Path) -> None:
    folder(tmp_path).write([], (), NOW)

    changed = folder(tmp_path, "gateway.lan", "10.0.0.7").write([], (), NOW)

    assert written(changed) == {"server.key", "server.pem"}
    signed = x509.load_pem_x509_certificate((tmp_path / "broker" / "server.pem").read_bytes())
    assert certificates.names_of(signed) == {"gateway.lan", "10.0.0.7"}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("kiosks-ca.key", None, "kiosks-ca.key: No such file"),
        ("kiosks-ca.pem", "hello", "kiosks-ca.pem or its key: is damaged"),
        ("kiosks-ca.key", certificates.key_pem(certificates.new_key()), "belongs to another key"),
    ],
)
def test_an_authority_that_is_damaged_is_said_and_never_replaced(
    tmp_path: Path, name: str, content: str | None, problem: str
) -> None:
    files = folder(tmp_path)
    files.write([], (), NOW)
    (files.path / name).unlink()
    if content is not None:
        (files.path / name).write_text(content)

    with pytest.raises(SettingsError, match=problem):
        files.write([], (8,), NOW)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "broker").write_text("in the way")

    with pytest.raises(SettingsError, match="broker: cannot be written"):
        folder(tmp_path).write([], (), NOW)


def test_a_missing_broker_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="mosquitto is not installed; run: sudo apt-get"):
        find_program(str(tmp_path))
