"""A whole kiosk on fakes, but with its real outbox, and the words to tell stories about it in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import passes
from contract.messages import (
    Level,
    Show,
    ShownOrder,
    Trust,
    TrustedKey,
    TrustedTag,
)
from contract.products import Catalogue
from kiosk.adapters.outbox import Outbox
from kiosk.adapters.purse_file import PurseFile
from kiosk.app import KioskApp
from kiosk.core.codes import CodeRules
from kiosk.core.inputs import (
    Advertisement,
    Button,
    CodeRead,
    Heard,
    Language,
    LinkChanged,
    Pressed,
    Tick,
    Told,
    Typed,
)
from kiosk.core.leases import Purses
from kiosk.core.presence import PresenceRules
from kiosk.core.screen import (
    Screen,
)
from kiosk.core.screen_rules import ScreenRules
from kiosk.health import Health, Nameplate
from kiosk.lending import Lending
from kiosk.parts import Ports, Rules
from kiosk.reporter import Reporter
from kiosk.shelf import Shelf
from runtime.clock import unix_ms
from tests.fakes import NOON, FakeClock, FakeFeed, FakePanel, FakeTime, FakeUplink

STORE_NO = 7
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MEMBER = "00a1b2c3d4e5"
TOMORROW_MS = unix_ms(NOON) + 86_400_000
TRUST = Trust(
    "hue-1",
    1,
    TOMORROW_MS,
    tags=(TrustedTag("t-17", "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:1:17"),),
    keys=(TrustedKey(MEMBER, 1, KEY.public_key().public_bytes_raw().hex()),),
)
PURSE = "00000000000000aa"
UUID = bytes.fromhex("fda50693a4e24fb1afcfc6eb07647825")
ORDER = ShownOrder("A-1", "#A-1", items=2, unpaid_vnd=0, ready=True)


class Kiosk:
    """A whole kiosk on fakes, but with its real outbox, and the words to tell stories in."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.uplink, self.feed = FakeClock(), FakeUplink(), FakeFeed()
        self.panel, self.time = FakePanel(), FakeTime(self.clock)
        self.outbox = Outbox(folder / "outbox.db", "hue-1", "quay-1")
        self.folder = folder
        self.sells: Catalogue | None = None  # what it was told of the shop
        self.purses = PurseFile(folder / "leases.json")
        self.purses.save(Purses(PURSE, is_told=True))
        sessions = (f"{number:016x}" for number in range(1, 1_000))
        self.app = KioskApp(
            Rules("quay-1", PresenceRules(), CodeRules(STORE_NO), ScreenRules()),
            Ports(
                Reporter(self.outbox, self.uplink, self.clock, self.time),
                self.feed,
                self.panel,
                self.clock,
                self.time,
                lambda: next(sessions),
                Lending(self.purses, self.time),
                shelf=Shelf("hue-1", "https://an.example", lambda: self.sells, self.time),
                asker=self.uplink,
            ),
            Health(Nameplate("quay-1", "0.1.0"), self.uplink, self.clock, self.time),
        )
        self.app.handle(LinkChanged(online=True))
        self.app.handle(Told(TRUST))

    def ports_with(self, lending: Lending) -> Ports:
        """As after a restart, with what the disk remembers of leases."""
        return replace(self.app.ports, lending=lending)

    def screen(self) -> Screen:
        return self.app.state.screen

    @property
    def sent(self) -> list[object]:
        """What was reported, however often it went out."""
        return list({event.seq: event.body for event in self.uplink.sent}.values())

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.5)):
            self.clock.advance(0.5)
            self.app.handle(Tick())

    def tag_near(
        self, minor: int = 17, rssi_dbm: int = -58, seconds: int = 5, receiver: str = ""
    ) -> None:
        data = b"\x02\x15" + UUID + (1).to_bytes(2) + minor.to_bytes(2) + b"\xc5"
        for _ in range(seconds):
            self.clock.advance(1)
            heard = Advertisement({0x004C: data}, {}, rssi_dbm)
            self.app.handle(Heard(heard, self.clock.monotonic_s(), receiver))
            self.app.handle(Tick())

    def pass_text(self, store_no: int = STORE_NO, slots_old: int = 0) -> str:
        slot = passes.slot_at(self.clock.utc().timestamp()) - slots_old
        return passes.make(KEY, 1, MEMBER, slot, store_no)

    def hold_up(self, text: str, grabbed_ms: float = 0) -> None:
        self.app.handle(CodeRead(text, grabbed_ms))

    def warns(self) -> bool:
        return self.app.state.warning_left_s is not None

    def language(self) -> Language:
        return self.app.state.language

    def press(self, button: Button, subject: str = "") -> None:
        self.app.handle(Pressed(button, self.app.state.revision, subject))

    def type(self, text: str) -> None:
        self.app.handle(Typed(text, self.app.state.revision))

    def told(self, level: Level, session: str = "", **content: object) -> None:
        session = session or self.app.state.session
        message = Show(session, "0" * 32, level, **content)  # type: ignore[arg-type]
        self.app.handle(Told(message))
