"""`hien gateway home-assistant`: the certificate by which Home Assistant comes to our broker."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from firmware_config import certificates
from gateway.core.home_assistant import USER
from gateway.settings import GatewaySettings
from runtime.clock import SystemClock
from runtime.errors import SettingsError
from runtime.settings import load
from runtime.small_file import ONLY_THE_OWNER, replace

app = typer.Typer()


@app.command("home-assistant")
def home_assistant(
    folder: Annotated[Path, typer.Argument(help="Where the three files are written.")],
    settings: Annotated[Path, typer.Option(help="The gateway's TOML file.")] = Path("gateway.toml"),
) -> None:
    """Write ca.pem, home-assistant.pem and home-assistant.key for its MQTT integration.

    They are good for ten years, and worth what [own_broker] home_assistant = true lets it do.
    """
    checked = load(GatewaySettings, settings)
    if not checked.own_broker.home_assistant:
        raise SettingsError(f"{settings.name}: [own_broker] home_assistant = true is missing")
    files, key = checked.own_broker.files(), certificates.new_key()
    signed = certificates.issue_client(
        files.kiosks_authority(),
        USER,
        key.public_key(),
        SystemClock().utc(),
        certificates.SERVER_LIFE,
    )
    house = certificates.certificate_pem(files.house_authority().certificate)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace(folder / "ca.pem", house)
        replace(folder / f"{USER}.pem", certificates.certificate_pem(signed))
        replace(folder / f"{USER}.key", certificates.key_pem(key), ONLY_THE_OWNER)
    except OSError as error:
        raise SettingsError(f"{folder}: cannot be written ({error.strerror})") from error
    ends = signed.not_valid_after_utc.astimezone(UTC).date()
    print(f"{folder}: three files for Home Assistant, good until {ends}")
