"""What an operator may set on a kiosk, with bounds; impossible combinations cannot be written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from contract.identifiers import NAME_PATTERN
from kiosk.core import own_beacon
from kiosk.core.own_beacon import OwnBeacon
from kiosk.core.presence import PresenceRules, Receiver
from kiosk.core.screen_rules import ScreenRules
from kiosk.opening import Opening
from runtime.public_keys import PublicKeys, by_number
from runtime.settings import Driver, Settings, Table
from runtime.tls import Broker, Port

Name = Annotated[str, Field(pattern=NAME_PATTERN)]


class BoardsBroker(Table):
    """Where other makers' boards publish: they know no certificates, and we only listen."""

    host: str = "localhost"
    port: Port = 1883


class Screen(Table):
    """The touchscreen and the page it shows."""

    port: Port = 8080
    panel_diagonal_in: Annotated[float, Field(ge=5, le=100)] = 21.5  # a finger is 15 mm on any
    idle_s: float = ScreenRules().idle_s
    warning_s: float = ScreenRules().warning_s
    dim_after_s: Annotated[float, Field(ge=30, le=86_400)] = 300.0  # with a motion sensor only
    # Where phones find the gateway's pages: then the screen shows a code that they scan. 64: the
    # QR code stays so coarse that a phone reads it at arm's length.
    has_browser: bool = True  # else nobody misses a picture: a shop that is only tried out
    glimpse: Path | None = None  # where somebody photographs it, if an owner orders that
    asks_number: bool = False  # if the gateway can send codes ([one_time_codes])
    phone_url: Annotated[str, Field(pattern="^(https?://[^/#?\\s]+)?$", max_length=64)] = ""

    @model_validator(mode="after")
    def _rules_can_be_made(self) -> Self:
        self.rules()
        return self

    def rules(self) -> ScreenRules:
        """The screen's waiting times."""
        return ScreenRules(idle_s=self.idle_s, warning_s=self.warning_s)


class Maintenance(Table):
    """Who may look after this kiosk at its own screen; `hien kiosk hash-pin` makes the line."""

    pin_hash: Annotated[str, Field(pattern=r"^\$argon2id\$")]


class Switches(Table):
    """What hangs on the pins besides light and buzzer; each may be left out."""

    motion: Driver | None = None
    call: Driver | None = None
    beam: Driver | None = None
    tamper: Driver | None = None


class Counting(Table):
    """What is counted of people who are nobody here; docs/metrics.md says how."""

    phones: bool = False  # hang up the sign first, and ask who advises the owner


class Links(Table):
    """Whose tracked links count when they are held to the camera; docs/metrics.md says how."""

    hosts: Annotated[tuple[str, ...], Field(max_length=16)] = ()  # as in the address: shop.example

    def own(self) -> frozenset[str]:
        """The hosts as addresses are compared."""
        return frozenset(one.lower() for one in self.hosts)


class Presence(Table):
    """What a store calibrates, with a tag held at one metre from each kiosk."""

    power_at_1m_dbm: Annotated[float, Field(ge=-100, le=-20)] = PresenceRules().power_at_1m_dbm
    receiver_offset_db: Annotated[float, Field(ge=-20, le=20)] = 0.0

    def rules(self, kiosk: str) -> PresenceRules:
        """The presence machine's rules; the kiosk's own radio is the receiver of its name."""
        return PresenceRules(
            power_at_1m_dbm=self.power_at_1m_dbm,
            receivers={kiosk: Receiver(kiosk, self.receiver_offset_db)},
        )


class Beacon(Table):
    """What this kiosk advertises, so that members' phones notice where they are."""

    identity: str  # ibeacon:uuid:major:minor, or eddystone-uid:namespace:instance
    power_at_1m_dbm: Annotated[int, Field(ge=-100, le=-20)] = -59  # measure it: phones go by it
    adapter: str = "hci0"

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        self.own()
        return self

    def own(self) -> OwnBeacon:
        """The advertisement."""
        return own_beacon.encode(self.identity, self.power_at_1m_dbm)


class Door(Table):
    """The door process on this machine that is shown what the camera reads."""

    socket: Path
    trust_folder: Path | None = None  # where it looks for keys, if this kiosk brings them


class Eye(Table):
    """Where systemd starts the process that looks at the camera, as a user of its own."""

    socket: Path


class Metrics(Table):
    """Where Prometheus asks this process; nobody else in the network unless `host` says so."""

    host: str = "127.0.0.1"
    port: Port


class ForeignReceiver(Table):
    """Another maker's Bluetooth receiver that this kiosk listens to; see docs/receivers.md."""

    kind: Literal["espresense", "openmqttgateway", "theengs", "shelly", "minew"]
    # as its maker names it: a room, a topic's beginning, a Shelly id, a gateway's address
    id: Annotated[str, Field(pattern=r"^[^+#$\s][^+#\s]{0,63}$")]
    zone: Name
    offset_db: Annotated[float, Field(ge=-20, le=20)] = 0.0

    @property
    def name(self) -> str:
        """What the presence rules call it; no kiosk can have such a name."""
        return f"{self.kind}:{self.id}"


class TrustedKeys(Table):
    """Whose word on tags and passes this kiosk believes."""

    issuers: PublicKeys

    def keys(self) -> dict[int, bytes]:
        """The retailer's public keys by number."""
        return by_number(self.issuers)


class KioskSettings(Settings):
    """One kiosk's file, `kiosk.toml`."""

    store: Name
    store_no: Annotated[int, Field(ge=1, le=65_535)]  # how passes name the store
    kiosk: Name
    store_name: Annotated[str, Field(max_length=40)]
    kiosk_name: Annotated[str, Field(max_length=40)]
    data_dir: Path
    broker: Broker = Broker()
    enrol_port: Port = 8885  # of the broker's host: where certificates are renewed
    screen: Screen = Screen()
    presence: Presence = Presence()
    receivers: Annotated[tuple[ForeignReceiver, ...], Field(max_length=64)] = ()
    receivers_broker: BoardsBroker | None = None  # else the kiosk's own, if that is not TLS
    opening: Opening | None = None  # when the shop is open; else always
    maintenance: Maintenance | None = None  # else nobody may
    trust: TrustedKeys = TrustedKeys(issuers={})  # then nobody is recognised
    door: Door | None = None
    beacon: Beacon | None = None
    clock: Driver = Driver(driver="system")
    time_source: Driver = Driver(driver="kernel")
    has_battery_clock: bool = False  # else the time of day after a power cut is nobody's word
    radio: Driver = Driver(driver="bleak")
    camera: Driver = Driver(driver="picamera2")
    eye: Eye | None = None  # else the kiosk starts it itself
    scanners: Annotated[tuple[Driver, ...], Field(max_length=4)] = ()
    pins: Driver = Driver(driver="none")
    switches: Switches = Switches()
    counting: Counting = Counting()
    links: Links = Links()
    metrics: Metrics | None = None

    @field_validator("receivers")
    @classmethod
    def _named_once(cls, receivers: tuple[ForeignReceiver, ...]) -> tuple[ForeignReceiver, ...]:
        names = [one.name for one in receivers]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} is there twice")
        return receivers

    @model_validator(mode="after")
    def _boards_have_a_broker(self) -> Self:
        if self.receivers and self.broker.tls is not None and self.receivers_broker is None:
            raise ValueError(
                "[receivers_broker] is missing: a certificate allows this kiosk one connection,"
                " and boards have none"
            )
        return self

    @property
    def boards(self) -> BoardsBroker:
        """The broker of other makers' receivers."""
        return self.receivers_broker or BoardsBroker(host=self.broker.host, port=self.broker.port)

    def presence_rules(self) -> PresenceRules:
        """The presence machine's rules, with every receiver this kiosk listens to."""
        rules = self.presence.rules(self.kiosk)
        foreign = {one.name: Receiver(one.zone, one.offset_db) for one in self.receivers}
        return replace(rules, receivers={**rules.receivers, **foreign})

    def screen_rules(self) -> ScreenRules:
        """The screen's waiting times; it dims only where a motion sensor makes it bright again."""
        dim_after_s = self.screen.dim_after_s if self.switches.motion else None
        return replace(self.screen.rules(), dim_after_s=dim_after_s)
