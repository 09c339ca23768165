"""A store plan: what an owner says about a shop once, and everything on its devices follows from.

Values with bounds. Whether they fit each other is checked in plan_checks.py.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contract.identifiers import NAME_PATTERN
from runtime.public_keys import PublicKeys
from runtime.settings import Table
from runtime.tls import Port

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Shown = Annotated[str, Field(min_length=1, max_length=40)]  # as kiosk.toml bounds it
Pin = Annotated[int, Field(ge=2, le=27)]  # BCM numbers; 0 and 1 belong to the HAT's memory
LockPin = Annotated[int, Field(ge=9, le=27)]  # the others are pulled up while a Pi starts
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,64}$")]
Device = Annotated[str, Field(pattern=r"^/dev/[A-Za-z0-9/._:-]+$")]
SPAN = "[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}"
Hours = Annotated[str, Field(pattern=f"^(closed|{SPAN}(, *{SPAN})*)$", max_length=100)]

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Opening(Table):
    """When people may come in; a day without a line is open all day."""

    monday: Hours | None = None
    tuesday: Hours | None = None
    wednesday: Hours | None = None
    thursday: Hours | None = None
    friday: Hours | None = None
    saturday: Hours | None = None
    sunday: Hours | None = None
    special: dict[date, Hours] = Field(default_factory=dict)  # "2027-02-06" = "closed"


class Store(Table):
    """The shop."""

    id: Name
    number: Annotated[int, Field(ge=1, le=65_535)]  # how passes name it
    name: Shown
    timezone: str = "Asia/Ho_Chi_Minh"
    opening: Opening | None = None  # else kiosks never say that the shop is closed


class Gateway(Table):
    """The box in the back room: broker, database, pages."""

    id: Name = "gateway"
    names: Annotated[tuple[Host, ...], Field(min_length=1, max_length=16)]  # the first is told
    listen: Host | None = None  # where kiosks come in; else on every network
    port: Port = 8883
    gateway_port: Port = 8884
    enrol_port: Port = 8885
    web_host: Host = "127.0.0.1"
    web_port: Port = 8000
    web_url: Annotated[str, Field(pattern=r"^https?://[^/#?\s]+$", max_length=64)] | None = None
    database: Annotated[str, Field(pattern=r"^(sqlite|postgresql)://")] | None = None


class Boards(Table):
    """The broker of other makers' receivers, in a network of its own."""

    host: Host
    port: Port = 1883


class Zone(Table):
    """An area that only a receiver hears; a kiosk's own area is called as the kiosk."""

    id: Name
    name: Shown


class Panel(Table):
    """The touchscreen."""

    diagonal_in: Annotated[float, Field(ge=5, le=100)] = 21.5
    output: Annotated[str, Field(pattern="^(HDMI-A|DSI)-[12]$")] = "HDMI-A-1"
    width_px: Annotated[int, Field(ge=320, le=7680)] = 1920
    height_px: Annotated[int, Field(ge=320, le=7680)] = 1080
    rotate: Literal[0, 90, 180, 270] = 0  # clockwise


class Camera(Table):
    """What reads codes."""

    driver: Literal["picamera2", "webcam", "none"]
    camera: Annotated[int, Field(ge=0, le=3)] | None = None  # picamera2
    focus_m: Annotated[float, Field(gt=0, le=5)] | None = None  # picamera2
    device: Device | None = None  # webcam
    fps: Annotated[float, Field(ge=1, le=30)] | None = None


class Scanner(Table):
    """A reader of codes on a serial line, or one that plays a keyboard."""

    driver: Literal["serial", "wedge"]
    device: Device


class Pins(Table):
    """What hangs on the kiosk's pins, by BCM number."""

    light: Pin | None = None
    buzzer: Pin | None = None
    motion: Pin | None = None
    call: Pin | None = None
    tamper: Pin | None = None


class Kiosk(Table):
    """A Raspberry Pi with a screen."""

    id: Name
    name: Shown
    board: Literal["pi4", "pi5"] = "pi4"
    panel: Panel = Panel()
    camera: Camera = Camera(driver="picamera2")
    scanners: Annotated[tuple[Scanner, ...], Field(max_length=4)] = ()
    pins: Pins = Pins()
    adapter: Annotated[str, Field(pattern="^hci[0-9]$")] = "hci0"
    beacon: str | None = None  # by its id: what this kiosk itself advertises
    has_battery_clock: bool = False
    screen_port: Port = 8080
    asks_number: bool = False  # if the gateway can send codes
    power_at_1m_dbm: Annotated[float, Field(ge=-100, le=-20)] | None = None


class Door(Table):
    """A door of a shop without staff, on the Raspberry Pi of a kiosk."""

    id: Name
    kiosk: str
    lock: LockPin
    hold_s: Annotated[float, Field(ge=0.2, le=10)] = 5.0
    contact: Pin | None = None
    exit: Pin | None = None
    beam: Pin | None = None
    capacity: Annotated[int, Field(ge=1, le=100_000)] | None = None
    passback: Literal["soft", "hard"] = "soft"
    opening: Opening = Opening()


class Receiver(Table):
    """Another maker's Bluetooth receiver, and the kiosk that listens to it."""

    kind: Literal["espresense", "openmqttgateway", "theengs", "shelly", "minew"]
    id: Annotated[str, Field(pattern=r"^[^+#$\s][^+#\s]{0,63}$")]
    zone: str
    kiosk: str
    offset_db: Annotated[float, Field(ge=-20, le=20)] = 0.0


class Advertiser(Table):
    """What a beacon or a tag advertises, and how."""

    id: Name
    format: Literal["ibeacon", "eddystone-uid", "eddystone-eid"]
    uuid: Annotated[str, Field(pattern=f"^{UUID}$")] | None = None
    major: Annotated[int, Field(ge=0, le=65_535)] | None = None
    minor: Annotated[int, Field(ge=0, le=65_535)] | None = None
    namespace: Annotated[str, Field(pattern="^[0-9a-f]{20}$")] | None = None
    instance: Annotated[str, Field(pattern="^[0-9a-f]{12}$")] | None = None
    exponent: Annotated[int, Field(ge=0, le=15)] | None = None  # a new EID every 2^exponent s
    interval_ms: Annotated[int, Field(ge=100, le=10_240)]
    tx_power_dbm: Annotated[int, Field(ge=-40, le=20)] = 0
    power_at_1m_dbm: Annotated[int, Field(ge=-100, le=-20)] = -59

    @property
    def identity(self) -> str | None:
        """As sightings name it; None of one that changes."""
        match self.format:
            case "ibeacon":
                return f"ibeacon:{self.uuid}:{self.major}:{self.minor}"
            case "eddystone-uid":
                return f"eddystone-uid:{self.namespace}:{self.instance}"
        return None


class Beacon(Advertiser):
    """One that stays where it is."""

    zone: str | None = None
    is_reference: bool = False  # in a drawer: hearing it proves that a radio hears
    interval_ms: Annotated[int, Field(ge=100, le=10_240)] = 500  # a phone in a pocket looks seldom


class Tag(Advertiser):
    """One that a member carries."""

    # SENSING: presence wants three samples within its two seconds of dwelling
    interval_ms: Annotated[int, Field(ge=100, le=10_240)] = 600


class Updates(Table):
    """Where newer versions come from, whose are believed, and when shoppers are there."""

    source: Annotated[str, Field(pattern=r"^https?://[^/#?\s]+[^#?\s]*$", max_length=200)]
    keys: Annotated[PublicKeys, Field(min_length=1)]
    opening: Opening


class Plan(Table):
    """The whole shop."""

    store: Store
    gateway: Gateway
    boards: Boards | None = None
    updates: Updates | None = None  # else versions come by hand
    zones: tuple[Zone, ...] = ()
    kiosks: Annotated[tuple[Kiosk, ...], Field(min_length=1, max_length=64)]
    doors: tuple[Door, ...] = ()
    receivers: Annotated[tuple[Receiver, ...], Field(max_length=64)] = ()
    beacons: Annotated[tuple[Beacon, ...], Field(max_length=1_000)] = ()
    tags: Annotated[tuple[Tag, ...], Field(max_length=10_000)] = ()

    def door_at(self, kiosk: str) -> Door | None:
        """The door on a kiosk's Raspberry Pi."""
        return next((door for door in self.doors if door.kiosk == kiosk), None)

    def heard_by(self, kiosk: str) -> tuple[Receiver, ...]:
        """The receivers a kiosk listens to."""
        return tuple(one for one in self.receivers if one.kiosk == kiosk)

    def beacon(self, name: str) -> Beacon:
        """A beacon by its id."""
        return next(beacon for beacon in self.beacons if beacon.id == name)
