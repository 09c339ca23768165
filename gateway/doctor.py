"""What is wrong with a gateway's machine, from its settings: database, broker, keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from firmware_config.broker_folder import CLIENT, broker_program
from firmware_config.mosquitto import SERVER
from gateway import seal
from gateway.settings import GatewaySettings
from gateway.store import schema
from runtime import machine_checks
from runtime.clock import SystemClock
from runtime.errors import SettingsError, UnavailableError
from runtime.finding import Finding, broken, doubtful, well
from runtime.settings import load

RENEWS = "restart hien-broker, which renews it: sudo systemctl restart hien-broker"


def findings(file: Path, root: Path = Path("/")) -> Iterator[Finding]:
    """Everything, good or bad. SettingsError if the file itself is wrong."""
    settings = load(GatewaySettings, file)
    own = settings.own_broker
    yield machine_checks.disk(own.folder)
    yield machine_checks.kernel(root)
    yield from machine_checks.power(root)
    yield _database(settings.database)
    try:
        yield well("mosquitto", broker_program())
    except UnavailableError as error:
        yield broken("mosquitto", "is not installed", str(error).partition("; ")[2])
    now = SystemClock().utc()
    for name in (SERVER, CLIENT):
        yield machine_checks.certificate("certificate", own.folder / name, now, RENEWS)
    yield machine_checks.broker(settings.broker)
    if settings.seal is None:
        yield doubtful("seal", "there is none: kiosks recognise nobody", "hien gateway make-key")
        return
    try:
        seal.load(settings.seal.key_file, settings.seal.key_id)
        yield well("seal", f"{settings.seal.key_file} is there")
    except SettingsError as error:
        yield broken("seal", str(error), "hien gateway make-key, or bring back your copy")


def _database(url: str) -> Finding:
    try:
        with schema.opened(url):
            return well("database", "answers, and is as this version needs it")
    except (SettingsError, UnavailableError) as error:
        return broken("database", str(error), "hien gateway migrate")
