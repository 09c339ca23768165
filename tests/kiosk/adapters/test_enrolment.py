"""A kiosk and a gateway over real HTTPS on loopback."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from contract import enrolment
from contract.enrolment import MAX_BYTES, PIN_BYTES, Code
from contract.topics import KioskAddress
from firmware_config import certificates, mosquitto
from firmware_config.broker_folder import BrokerFolder
from firmware_config.mosquitto import BrokerPlan
from gateway.enrolment import Registrar
from gateway.enrolment_server import AT_ONCE, EnrolmentServer
from gateway.store import kiosk_certificates
from kiosk.adapters.certificate_care import CertificateCare
from kiosk.adapters.enrolment import Identity, read_code
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError, UnavailableError
from runtime.tls import Tls, client_context
from tests.broker import free_port
from tests.gateway.shop import STORE, Shop

HOST = "localhost"
QUAY = KioskAddress(STORE, "quay-1")
NOW = datetime.now(UTC)  # TLS goes by the machine's clock


class Gateway:
    """Its authorities, its database, and the port where kiosks enrol."""

    def __init__(self, folder: Path) -> None:
        self.shop = Shop(folder)
        self.files = BrokerFolder(BrokerPlan(str(folder / "broker")), (HOST,))
        self.files.write((), (), NOW)
        house = self.files.house_authority().certificate
        self.pin = certificates.fingerprint(house)[:PIN_BYTES]
        self.registrar = Registrar(
            self.shop.writers,
            self.files.kiosks_authority(),
            certificates.certificate_pem(house),
            SystemClock(),
        )
        self.server = EnrolmentServer(
            "127.0.0.1",
            0,
            self.files.path / mosquitto.SERVER,
            self.files.path / mosquitto.SERVER_KEY,
            self.registrar.answer,
        )
        self.server.start()
        self.codes = 0

    def code(self, kiosk: KioskAddress = QUAY) -> Code:
        self.codes += 1
        secret = self.codes.to_bytes(10)
        with self.shop.writers.begin() as db:
            digest = enrolment.digest(secret)
            kiosk_certificates.invite(db, kiosk, digest, unix_ms(SystemClock().utc()))
        return Code(HOST, self.server.port, secret, self.pin)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    made = Gateway(tmp_path_factory.mktemp("gateway"))
    yield made
    made.server.stop()
    made.shop.engine.dispose()


@pytest.fixture
def quay(tmp_path: Path) -> Identity:
    tls = Tls(ca=tmp_path / "house-ca.pem", certificate=tmp_path / "identity.pem")
    return Identity(tls, QUAY.user)


def test_a_new_kiosk_gets_its_certificate_and_its_key_is_its_own(
    gateway: Gateway, quay: Identity
) -> None:
    ends = quay.enrol(read_code(gateway.code().text))

    assert timedelta(days=89) < ends - NOW < timedelta(days=91)
    assert quay.ends() == ends
    client_context(quay.tls)  # it would say what is wrong
    assert quay.tls.certificate.stat().st_mode & 0o777 == 0o600
    signed = x509.load_pem_x509_certificate(quay.tls.certificate.read_bytes())
    assert certificates.user_of(signed) == QUAY.user


def test_a_used_code_is_said_to_be_used_and_changes_nothing(
    gateway: Gateway, quay: Identity
) -> None:
    code = gateway.code()
    quay.enrol(code)
    before = quay.tls.certificate.read_text()

    with pytest.raises(SettingsError, match="it was used, or is older than 15 minutes"):
        quay.enrol(code)
    assert quay.tls.certificate.read_text() == before


def test_who_is_not_the_pinned_gateway_is_told_no_secret(gateway: Gateway, quay: Identity) -> None:
    code = gateway.code()

    with pytest.raises(SettingsError, match="is not the gateway that made this code"):
        quay.enrol(replace(code, pin=bytes(PIN_BYTES)))

    assert not quay.tls.ca.exists()
    quay.enrol(code)  # it was not used


def test_a_gateway_is_called_by_a_name_in_its_certificate(gateway: Gateway, quay: Identity) -> None:
    with pytest.raises(SettingsError, match=r"add it to \[own_broker\] names"):
        quay.enrol(replace(gateway.code(), host="127.0.0.1"))


def test_a_code_for_another_kiosk_is_said_to_be_that(gateway: Gateway, quay: Identity) -> None:
    with pytest.raises(SettingsError, match="for quay-2@hue-1; these settings are of quay-1@hue-1"):
        quay.enrol(gateway.code(KioskAddress(STORE, "quay-2")))

    assert not quay.tls.certificate.exists()


def test_where_nobody_answers_that_is_said(quay: Identity) -> None:
    with pytest.raises(UnavailableError, match="no gateway answers at localhost"):
        quay.enrol(Code(HOST, free_port(), bytes(10), bytes(PIN_BYTES)))


def test_files_that_could_not_be_kept_are_said_before_a_code_is_used(
    gateway: Gateway, quay: Identity, tmp_path: Path
) -> None:
    code = gateway.code()
    nowhere = quay.tls.model_copy(update={"certificate": tmp_path / "nowhere" / "identity.pem"})
    two_files = quay.tls.model_copy(update={"key": tmp_path / "identity.key"})

    with pytest.raises(SettingsError, match="nowhere: is no folder"):
        replace(quay, tls=nowhere).enrol(code)
    with pytest.raises(SettingsError, match="key: leave it out"):
        replace(quay, tls=two_files).enrol(code)
    quay.enrol(code)


class LaterClock(SystemClock):
    """The machine's, some days on."""

    def __init__(self, days: float) -> None:
        self.days = days

    def utc(self) -> datetime:
        return super().utc() + timedelta(days=self.days)


def test_a_month_before_its_end_a_certificate_is_renewed_and_the_link_told(
    gateway: Gateway, quay: Identity
) -> None:
    quay.enrol(gateway.code())
    before, told = quay.tls.certificate.read_bytes(), list[bytes]()

    def renewed() -> None:
        told.append(quay.tls.certificate.read_bytes())

    clock = LaterClock(days=59.9)
    care = CertificateCare(quay, (HOST, gateway.server.port), clock, renewed)
    assert not care.look()
    clock.days = 60.1
    assert care.look()

    assert told == [quay.tls.certificate.read_bytes()]
    assert certificates.read_key(before) != certificates.read_key(told[0])
    assert told[0] != before
    assert quay.tls.certificate.stat().st_mode & 0o777 == 0o600
    client_context(quay.tls)


def test_a_gateway_that_is_away_or_refuses_leaves_the_certificate_as_it_is(
    gateway: Gateway, quay: Identity
) -> None:
    quay.enrol(gateway.code())
    before = quay.tls.certificate.read_bytes()
    clock, told = LaterClock(days=70), list[None]()
    away = CertificateCare(quay, (HOST, free_port()), clock, lambda: told.append(None))
    refusing = CertificateCare(quay, (HOST, gateway.server.port), clock, lambda: told.append(None))
    with gateway.shop.writers.begin() as db:
        kiosk_certificates.revoke(db, QUAY, unix_ms(NOW))

    assert not away.look()
    assert not refusing.look()

    refusing.start()
    refusing.stop()
    assert (quay.tls.certificate.read_bytes(), told) == (before, [])


def test_a_body_that_is_too_long_is_not_read(gateway: Gateway) -> None:
    link = http.client.HTTPSConnection(HOST, gateway.server.port, context=believing())
    link.putrequest("POST", enrolment.ENROL_PATH)
    link.putheader("Content-Length", str(MAX_BYTES + 1))
    link.endheaders()

    assert link.getresponse().status == 413
    link.close()


def test_silent_peers_keep_nobody_else_out(gateway: Gateway, quay: Identity) -> None:
    with socket.create_connection((HOST, gateway.server.port)) as silent:
        code = gateway.code()
        quay.enrol(code)  # one shakes no hands, another is served

        held = [socket.create_connection((HOST, gateway.server.port)) for _ in range(AT_ONCE - 1)]
        with pytest.raises(UnavailableError, match="no gateway answers"):
            quay.enrol(gateway.code())  # no seat is free: hung up on, not kept waiting
        for one in (silent, *held):
            one.close()


def believing() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
