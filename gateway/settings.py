"""What an operator may set on a gateway, with bounds."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contract.codec import MAX_TRUST_BYTES
from contract.identifiers import NAME_PATTERN
from contract.messages import Text
from firmware_config.broker_folder import BrokerFolder
from firmware_config.mosquitto import MESSAGE_MAX_BYTES, BrokerPlan
from gateway.core.appointments import MINUTE_MS, VisitType
from gateway.core.attribution import DAY_MS, Windows
from gateway.core.changes import ConnectorKind
from gateway.core.pay_to import Account
from gateway.core.privacy_clocks import Clocks
from gateway.core.report_periods import Every
from gateway.core.retention import RULES, Kept
from gateway.core.telling import Kind
from runtime.public_keys import PublicKeys
from runtime.settings import Driver, DriverOptions, Settings, Table
from runtime.tls import Broker, Port

HTTP = "^https?://[^/@?#]+(/[^?#]*)?$"
HERE = ("localhost", "127.0.0.1")  # how the gateway calls its own machine


class OwnBroker(Table):
    """The mosquitto this gateway runs, the authority of its kiosks, and where they enrol."""

    folder: Path = Path("broker")
    # How kiosks call this machine, host names and addresses; the first is told to new kiosks.
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=16)] = ("localhost",)
    host: str | None = None  # where kiosks come in; else on every network of this machine
    port: Port = 8883
    gateway_port: Port = 8884  # for us, on this machine only
    enrol_port: Port = 8885
    home_assistant: bool = False  # is shown the kiosks, and comes in by a certificate of its own
    message_max_bytes: Annotated[int, Field(ge=1 << 16, le=MAX_TRUST_BYTES)] = MESSAGE_MAX_BYTES

    def files(self) -> BrokerFolder:
        """The broker's folder."""
        plan = BrokerPlan(
            folder=str(self.folder.resolve()),
            port=self.port,
            gateway_port=self.gateway_port,
            host=self.host,
            message_max_bytes=self.message_max_bytes,
            home_assistant=self.home_assistant,
            user=getpass.getuser(),
        )
        return BrokerFolder(plan, tuple(dict.fromkeys((*self.names, *HERE))))


class Web(Table):
    """Where staff and owner find their pages."""

    host: str = "127.0.0.1"
    port: Port = 8000
    # What phones call it, in links: https, or their browsers keep no key. Else host and port.
    url: Annotated[str | None, Field(pattern="^https?://[^/#?]+$")] = None
    secret_file: Path | None = None  # signs the cookies; without it, a restart signs everybody out

    @property
    def address(self) -> str:
        """How links to these pages begin."""
        return self.url or f"http://{self.host}:{self.port}"


class Seal(Table):
    """The key that signs whom kiosks may recognise; `hien gateway make-key` writes the file."""

    key_file: Path
    key_id: Annotated[int, Field(ge=0, le=255)] = 1  # two can live at once while one is replaced


class Passes(Table):
    """The public keys that sign entry cards, which doors are told; the private ones stay away."""

    keys: PublicKeys

    def by_number(self) -> dict[int, str]:
        """The keys in hex, by number."""
        return {int(number): key for number, key in self.keys.items()}


class Connector(Table):
    """One web shop or bank that tells us things at /v1/webhooks/<its name>."""

    kind: ConnectorKind
    # What it signs with, one a line: two while it changes. `hien gateway connector new` makes it.
    secret_file: Path
    shop: str | None = None  # Shopify: an-nhien.myshopify.com; others of the same app are refused
    # Where it is asked for what it did not tell, and how we prove who asks.
    url: Annotated[str | None, Field(pattern=HTTP)] = None
    token_file: Path | None = None
    allow_private: bool = False  # that address may be in our own network
    # A customer with the phone number of one member is that member.
    matches_phones: bool = True


class Outgoing(Table):
    """Somebody who is told what happens here, by signed webhooks."""

    url: Annotated[str, Field(pattern=HTTP)]
    secret_file: Path
    events: Annotated[tuple[Kind, ...], Field(min_length=1)] = tuple(Kind)
    allow_private: bool = False  # the address may be in our own network: a CRM in the back office


class Metrics(Table):
    """Where Prometheus asks each process; nobody else in the network unless `host` says so."""

    host: str = "127.0.0.1"
    intake: Port | None = None
    web: Port | None = None
    broker: Port | None = None

    def of(self, process: str, number: int = 1) -> tuple[str, int] | None:
        """Host and port of one of them; None if it is not asked. A second is one port higher."""
        port = {"intake": self.intake, "web": self.web, "broker": self.broker}[process]
        return None if port is None else (self.host, port + number - 1)


class ReportLetter(Table):
    """The report that comes by itself: how often, in which language, by which mail server."""

    every: Every = Every.WEEK
    language: Literal["vi", "en"] = "vi"
    mail: DriverOptions  # as those of [[notify]] driver "mail"


class PrivacyClocks(Table):
    """Days in which what a person asks for is done, as who advises the owner says."""

    see: Annotated[int, Field(ge=1, le=60)] = Clocks().see
    erase: Annotated[int, Field(ge=1, le=60)] = Clocks().erase
    erase_shop: Annotated[int, Field(ge=1, le=60)] = Clocks().erase_shop
    breach_hours: Annotated[int, Field(ge=1, le=720)] = Clocks().breach_hours

    def table(self) -> Clocks:
        """The days, for the code that counts them."""
        return Clocks(self.see, self.erase, self.erase_shop, self.breach_hours)


class Numbers(Table):
    """What the owner's pages may count."""

    staff_by_name: bool = False  # who took how many cards; else the team as one
    # How long an online touch may have brought a visit, or a sale.
    visit_days: Annotated[int, Field(ge=1, le=60)] = 30
    sale_days: Annotated[int, Field(ge=1, le=60)] = 30

    def windows(self) -> Windows:
        """As the counting wants them."""
        return Windows(self.visit_days * DAY_MS, self.sale_days * DAY_MS)


class Push(Table):
    """Words to staff's own devices while no board lies open before them (Web Push)."""

    # Whom a browser's push service may write to; Safari's sends nothing without.
    contact: Annotated[str, Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://[^/\s@]+\S*)$")]
    key_file: Path | None = None  # made when first needed; else push.key, beside the erasure key
    # Push services beside those of Chrome, Edge, Firefox and Safari, by their host's name.
    services: tuple[Annotated[str, Field(pattern="^[a-z0-9.-]+$")], ...] = ()
    allow_private: bool = False  # these may be in our own network


class PayTo(Table):
    """The shop's bank account, for VietQR codes at the counter."""

    bank_bin: Annotated[str, Field(pattern="^[0-9]{6}$")]  # NAPAS' number of the bank
    account: Annotated[str, Field(pattern="^[0-9A-Za-z]{1,19}$")]


Words = Annotated[str, Field(min_length=1, max_length=80)]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]


class Said(Table):
    """Words in both languages."""

    vi: Words
    en: Words

    def text(self) -> Text:
        """For people."""
        return Text(self.vi, self.en)


class Visit(Said):
    """One thing people come for, with its name in both languages."""

    minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 30
    early_min: Minutes = 30  # they may come so much before the time
    late_min: Minutes = 15  # and so much after it
    no_show_min: Minutes = 30  # from then on they are not expected any more
    host_within_s: Annotated[int, Field(ge=10, le=3_600)] = 180  # then everybody is called
    skill: Annotated[str, Field(pattern="^[0-9a-z-]{0,32}$")] = ""  # who has it is asked first
    checklist: Annotated[tuple[Said, ...], Field(max_length=8)] = ()
    takes_back: bool = False  # goods come back, and how it ended is written down

    @model_validator(mode="after")
    def _may_come_before_they_are_missed(self) -> Self:
        if self.late_min > self.no_show_min:
            raise ValueError("late_min must not exceed no_show_min: who may come is no no-show")
        return self

    def type(self) -> VisitType:
        """As it holds in the shop."""
        return VisitType(
            self.text(),
            self.minutes,
            self.early_min * MINUTE_MS,
            self.late_min * MINUTE_MS,
            self.no_show_min * MINUTE_MS,
            self.host_within_s * 1_000,
            self.skill,
            tuple(one.text() for one in self.checklist),
            self.takes_back,
        )


Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Visits = dict[Annotated[str, Field(pattern="^[0-9a-z_]{1,32}$")], Visit]
Days = Annotated[int, Field(ge=1, le=36_500)]


class GatewaySettings(Settings):
    """One gateway's file, `gateway.toml`."""

    database: str = "sqlite:///hien.db"
    broker: Broker = Broker()
    own_broker: OwnBroker = OwnBroker()
    web: Web = Web()
    seal: Seal | None = None  # without it kiosks recognise nobody
    passes: Passes = Passes(keys={})
    connectors: dict[Name, Connector] = Field(default_factory=dict)
    outgoing: dict[Name, Outgoing] = Field(default_factory=dict)
    numbers: Numbers = Numbers()
    push: Push | None = None  # without it only an open board says that somebody waits
    pay_to: PayTo | None = None  # without it no order shows a code to pay by
    visits: Visits = Field(default_factory=dict)  # what people come for; none: the standard ones
    notify: tuple[Driver, ...] = ()  # ways to reach whoever tends the shop
    one_time_codes: Driver | None = None  # how codes get to telephones; without it none are sent
    metrics: Metrics = Metrics()
    report: ReportLetter | None = None  # without it none is sent
    privacy_clocks: PrivacyClocks = PrivacyClocks()
    # Made when it is first needed; keep a copy apart from the backups, beside `….erased`.
    erasure_key_file: Path | None = None  # else erasure.key, beside a database that is a file
    # Days for which each sort of data is kept; what is not named, as docs/privacy.md says.
    retention: dict[Kept, Days | Literal["forever"]] = Field(default_factory=dict)
    clock: Driver = Driver(driver="system")

    def visit_types(self) -> dict[str, VisitType]:
        """What people come for here, in the file's order."""
        return {kind: visit.type() for kind, visit in self.visits.items()}

    @model_validator(mode="after")
    def _keeps_what_it_needs(self) -> Self:
        for kept, days in self.retention.items():
            least = RULES[kept].least_days
            if days != "forever" and days < least:
                raise ValueError(f"retention.{kept} must be {least} days or more")
        return self

    @property
    def erasure_key(self) -> Path:
        """Where the key lies that tombstones are made with."""
        path = self.database.removeprefix("sqlite:///")
        beside = Path(path) if path != self.database else Path("hien.db")
        return self.erasure_key_file or beside.with_name("erasure.key")

    @property
    def push_key(self) -> Path:
        """Where the key lies that staff's browsers know us by."""
        named = None if self.push is None else self.push.key_file
        return named or self.erasure_key.with_name("push.key")

    @property
    def account(self) -> Account | None:
        """Where orders are paid by a bank's app."""
        return None if self.pay_to is None else Account(self.pay_to.bank_bin, self.pay_to.account)

    def retention_days(self) -> dict[Kept, int | None]:
        """What the owner says of how long data is kept; None: for ever."""
        return {kept: None if days == "forever" else days for kept, days in self.retention.items()}
