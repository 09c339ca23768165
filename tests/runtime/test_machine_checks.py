from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware_config import certificates
from firmware_config.certificates import Authority
from runtime import machine_checks
from runtime.finding import Level
from runtime.tls import Broker, Tls

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FAR = timedelta(days=90)


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_disk_with_room_is_well_also_before_its_folder_is_made(tmp_path: Path) -> None:
    found = machine_checks.disk(tmp_path / "not" / "yet")

    assert (found.level, found.found.startswith(f"{tmp_path}: ")) == (Level.OK, True)


@pytest.mark.parametrize(
    ("free_mb", "level"), [(10, Level.BROKEN), (200, Level.DOUBTFUL), (2_000, Level.OK)]
)
def test_a_disk_that_fills_up_is_noticed_before_it_is_full(free_mb: int, level: Level) -> None:
    assert machine_checks.room(Path("/data"), free_mb << 20).level is level


@pytest.mark.parametrize(
    ("is_synced", "now", "level"),
    [
        (True, NOW, Level.OK),
        (False, NOW, Level.DOUBTFUL),
        (True, datetime(1970, 1, 1, tzinfo=UTC), Level.BROKEN),
    ],
)
def test_a_clock_is_judged(is_synced: bool, now: datetime, level: Level) -> None:
    found = machine_checks.clock(is_synced=is_synced, now=now, built=NOW)

    assert found.level is level
    assert bool(found.remedy) is (level is not Level.OK)


@pytest.mark.parametrize(
    ("model", "release", "level"),
    [
        ("Raspberry Pi 4 Model B Rev 1.5\0", "6.18.5-v8+", Level.DOUBTFUL),
        ("Raspberry Pi 4 Model B Rev 1.5\0", "6.12.47-v8+", Level.OK),
        ("Raspberry Pi 5 Model B Rev 1.0\0", "6.18.5-v8+", Level.OK),
        ("", "6.18.44", Level.OK),
    ],
)
def test_a_kernel_that_freezes_the_screen_is_known(
    tmp_path: Path, model: str, release: str, level: Level
) -> None:
    if model:
        put(tmp_path / "proc/device-tree/model", model)

    assert machine_checks.kernel(tmp_path, release).level is level


@pytest.mark.parametrize(
    ("said", "levels"),
    [
        ("0\n", [Level.OK]),
        ("50005\n", [Level.BROKEN]),
        ("50000\n", [Level.DOUBTFUL]),
        ("", []),
        ("?", []),
    ],
)
def test_too_little_power_is_noticed(tmp_path: Path, said: str, levels: list[Level]) -> None:
    put(tmp_path / machine_checks.THROTTLED, said)

    assert [one.level for one in machine_checks.power(tmp_path)] == levels


def authority() -> Authority:
    return certificates.new_authority("somebody", NOW)


HOUSE, STRANGER = authority(), authority()


def identity(path: Path, signer: Authority, now: datetime = NOW, life: timedelta = FAR) -> Path:
    key = certificates.new_key()
    signed = certificates.issue_client(signer, "quay-1@hue-1", key.public_key(), now, life)
    return put(path, certificates.identity_pem(key, signed))


@pytest.mark.parametrize(
    ("life", "level"),
    [(FAR, Level.OK), (timedelta(days=3), Level.DOUBTFUL), (timedelta(days=-3), Level.BROKEN)],
)
def test_a_certificates_end_is_judged(tmp_path: Path, life: timedelta, level: Level) -> None:
    path = identity(tmp_path / "identity.pem", HOUSE, life=life)

    assert machine_checks.certificate("certificate", path, NOW, "enrol").level is level


@pytest.mark.parametrize(("content", "says"), [("rubbish", "is damaged"), (None, "No such file")])
def test_a_certificate_that_cannot_be_read_is_broken(
    tmp_path: Path, content: str | None, says: str
) -> None:
    path = tmp_path / "identity.pem"
    if content is not None:
        path.write_text(content)

    found = machine_checks.certificate("certificate", path, NOW, "enrol")

    assert (found.level, says in found.found) == (Level.BROKEN, True)


@contextmanager
def answering(folder: Path, signer: Authority) -> Iterator[int]:
    """A broker that shakes one hand and says nothing."""
    key = certificates.new_key()
    signed = certificates.issue_server(signer, ["localhost"], key.public_key(), NOW)
    own = put(folder / "server.pem", certificates.identity_pem(key, signed))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.verify_mode = ssl.CERT_REQUIRED
    trusted = put(folder / "trusted.pem", certificates.certificate_pem(HOUSE.certificate))
    context.load_verify_locations(trusted)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            talk, _ = listener.accept()
            with context.wrap_socket(talk, server_side=True) as private:
                private.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join()


@pytest.mark.parametrize(
    ("server", "client", "level", "says"),
    [
        pytest.param(HOUSE, HOUSE, Level.OK, "answers", id="all is well"),
        pytest.param(STRANGER, HOUSE, Level.BROKEN, "is not who it should be", id="another's"),
        pytest.param(HOUSE, STRANGER, Level.BROKEN, "does not take us", id="not let in"),
    ],
)
def test_a_broker_and_we_believe_each_other(
    tmp_path: Path, server: Authority, client: Authority, level: Level, says: str
) -> None:
    ca = put(tmp_path / "ca.pem", certificates.certificate_pem(HOUSE.certificate))
    tls = Tls(ca=ca, certificate=identity(tmp_path / "identity.pem", client))
    with answering(tmp_path, server) as port:
        found = machine_checks.broker(Broker(host="localhost", port=port, tls=tls))

    assert (found.level, says in found.found) == (level, True), found


def test_a_broker_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]

    found = machine_checks.broker(Broker(port=port))

    assert found.level is Level.BROKEN
    assert f"localhost:{port} does not answer (Connection refused)" in found.found


def test_a_device_is_there_and_ours_or_we_are_told_what_to_do(tmp_path: Path) -> None:
    there = put(tmp_path / "gpiochip0", "")

    assert machine_checks.usable("pins", there, os.R_OK, "x").level is Level.OK
    missing = machine_checks.usable("pins", tmp_path / "no", os.R_OK, "is this a Raspberry Pi?")
    assert (missing.level, missing.remedy) == (Level.BROKEN, "is this a Raspberry Pi?")
