"""What the console may do beyond the database: name links for phones, give orders to devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from contract.commands import Command
from contract.topics import KioskAddress
from gateway.core.connector_health import Identity
from gateway.core.owners_file import Setup
from gateway.privacy_codes import PrivacyCodes
from runtime.errors import UnavailableError
from web_ui.console.pictures import Pictures

# Sends the order of a person to the door beside a kiosk: kiosk, door, who. SettingsError or
# UnavailableError if it did not go out; whether the door opened is in its records.
OpenDoor = Callable[[KioskAddress, str, str], object]

# Sends what a person ordered a kiosk to do. SettingsError or UnavailableError if it did not go
# out; what the kiosk did, it says in its state.
OrderKiosk = Callable[[Command], object]


def _nowhere(_said: Command) -> None:
    raise UnavailableError("nobody here passes orders on")


@dataclass(frozen=True)
class Means:
    """What the console was given."""

    phone_address: str  # how links begin that phones open
    open_door: OpenDoor
    card_keys: Mapping[int, str]  # the public keys that sign entry cards, by number
    connectors: Sequence[Identity] = ()
    endpoints: Sequence[str] = ()  # who is told what happens here
    order_kiosk: OrderKiosk = _nowhere
    pictures: Pictures = field(default_factory=Pictures)  # that kiosks sent of their screens
    staff_by_name: bool = False  # whether the owner wants to see who of the staff did how much
    setup: Setup = field(default_factory=Setup)  # for the owner's file
    codes: PrivacyCodes | None = None  # by message, to who is on the telephone


def install(app: Flask, given: Means) -> None:
    """Give an application its means."""
    app.extensions["means"] = given


def means() -> Means:
    """The means of the present request's application."""
    return cast(Means, current_app.extensions["means"])
