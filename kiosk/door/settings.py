"""What an operator may set on a door, with bounds; `door.toml` serves the closer too."""

from __future__ import annotations

import pwd
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from contract.identifiers import NAME_PATTERN
from kiosk.core.doorway import DoorwayRules
from kiosk.core.entry import EntryRules
from kiosk.core.occupancy import OccupancyRules
from kiosk.door.app import DoorRules
from kiosk.door.ledger import LedgerRules
from kiosk.opening import Opening
from runtime.public_keys import PublicKeys, by_number
from runtime.settings import Driver, Settings, Table

Name = Annotated[str, Field(pattern=NAME_PATTERN)]

SIMULATED = "simulated"


def _uid(user: str | int) -> int:
    if isinstance(user, int):
        return user
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        raise ValueError(f"there is no user {user!r} on this machine") from None


def _uids(users: tuple[str | int, ...]) -> frozenset[int]:
    return frozenset(map(_uid, users))


def _exist(users: tuple[str | int, ...]) -> tuple[str | int, ...]:
    _uids(users)
    return users


AllowedUsers = Annotated[tuple[str | int, ...], Field(min_length=1), AfterValidator(_exist)]


class Lock(Driver):
    """The lock, and for how long it is released."""

    hold_s: Annotated[float, Field(ge=0.2, le=10)] = DoorwayRules().hold_s


class Shop(Table):
    """How many may be inside, and for how long they usually are."""

    capacity: Annotated[int, Field(ge=1, le=100_000)] = 100_000
    longest_stay_min: Annotated[float, Field(gt=0, le=24 * 60)] = 30.0
    night_h: Annotated[float, Field(ge=0, lt=24)] = 4.0
    passback: Literal["soft", "hard"] = "soft"
    card_rest_min: Annotated[float, Field(ge=0, le=24 * 60)] = 10.0


class Trust(Table):
    """Whose word opens the door, and for how long a list of the revoked is good."""

    folder: Path
    issuers: Annotated[PublicKeys, Field(min_length=1)]
    max_age_h: Annotated[float, Field(gt=0, le=24 * 7)] = 24.0

    def keys(self) -> dict[int, bytes]:
        """The issuers' public keys by number."""
        return by_number(self.issuers)


class Claims(Table):
    """The one place where all doors of a store claim passes; a store with one door needs none."""

    socket: Path
    when_silent: Literal["open", "refuse"] = "open"


class ClaimsSettings(Settings):
    """The file of a store's claims, `claims.toml`."""

    data_dir: Path
    socket: Path
    allowed_users: AllowedUsers  # the doors'

    def allowed_uids(self) -> frozenset[int]:
        """Who may claim."""
        return _uids(self.allowed_users)


class DoorSettings(Settings):
    """One door's file, `door.toml`."""

    store: Name
    store_no: Annotated[int, Field(ge=1, le=65_535)]  # how passes name the store
    door: Name
    data_dir: Path
    socket: Path
    allowed_users: AllowedUsers  # the kiosk's
    closer: Path | None = None  # its socket
    lock: Lock
    contact: Driver | None = None  # on while the door is open
    exit: Driver | None = None  # on while somebody inside presses the handle
    beam: Driver | None = None  # on while somebody stands in the doorway
    opening: Opening = Opening()
    shop: Shop = Shop()
    trust: Trust
    claims: Claims | None = None
    clock: Driver = Driver(driver="system")
    time_source: Driver = Driver(driver="kernel")
    has_battery_clock: bool = False

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.closer is None and self.lock.driver != SIMULATED:
            raise ValueError(
                "closer is missing: without that process, a door process that dies or hangs leaves"
                " the lock released"
            )
        return self

    def allowed_uids(self) -> frozenset[int]:
        """Who may ask the door something."""
        return _uids(self.allowed_users)

    def rules(self) -> DoorRules:
        """How the door decides and behaves."""
        entry = EntryRules(
            self.store,
            self.store_no,
            self.door,
            hours=self.opening.rules(),
            capacity=self.shop.capacity,
            passback_is_hard=self.shop.passback == "hard",
            card_rest_s=self.shop.card_rest_min * 60,
            trust_age_s=self.trust.max_age_h * 3_600,
        )
        door = DoorwayRules(
            hold_s=self.lock.hold_s,
            has_contact=self.contact is not None,
            has_exit_sensor=self.exit is not None,
        )
        when_silent = self.claims.when_silent if self.claims is not None else "open"
        return DoorRules(entry, self.trust.keys(), door, opens_unclaimed=when_silent == "open")

    def ledger_rules(self) -> LedgerRules:
        """How the door keeps its books."""
        stay = OccupancyRules(longest_stay_s=self.shop.longest_stay_min * 60)
        return LedgerRules(self.door, self.opening.rules(), stay, self.shop.night_h)
