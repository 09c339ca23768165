"""The demo shop: its members, orders, offers and staff, made up and always the same.

Nobody here exists. Members' private keys are derived from a fixed text, so that simulated phones
can show genuine passes; a real shop never sees a private key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.goods import OFFERS, PlannedOffer
from simulator.names import full_name
from simulator.tags import Tag, members_tag

STORE, STORE_NAME, STORE_NO = "an-nhien", "An Nhiên", 1
MEMBERS = 120
TIERS = ("member", "silver", "gold")
INTERESTS = ("tra", "cham-soc-da", "qua-tang", "am-chen")

ALL_CONSENTS = ("presence", "personal_offers", "staff_context")
_CONSENTS = (  # in twentieths of the members; every purpose is separate, so every mixture occurs
    *[ALL_CONSENTS] * 13,
    ("presence", "personal_offers"),
    ("presence", "staff_context"),
    ("presence",),
    ("personal_offers", "staff_context"),
    ("personal_offers",),
    (),
    (),
)


@dataclass(frozen=True)
class Member:
    """One made-up online customer."""

    member: str
    name: str
    phone: str
    tier: str
    points: int
    interests: tuple[str, ...]
    consents: tuple[str, ...]
    tag: Tag | None
    has_pass: bool

    key_id = 1

    @cached_property
    def private_key(self) -> Ed25519PrivateKey:
        """The key that in a real shop never leaves the member's phone."""
        seed = sha256(f"hien demo key of {self.member}".encode()).digest()
        return Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """What the gateway knows of the key: 32 bytes."""
        return self.private_key.public_key().public_bytes_raw()

    @property
    def given_name(self) -> str:
        """What people call them: Vietnamese names end with it."""
        return self.name.rpartition(" ")[2]

    @property
    def may_be_noticed(self) -> bool:
        """Whether a tag of this member may lead to anything."""
        return self.tag is not None and "presence" in self.consents


@dataclass(frozen=True, slots=True)
class Order:
    """Something a member bought online and will fetch."""

    order: str
    member: str
    number: str
    items: int
    unpaid_vnd: int
    ready: bool


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works here, and the PIN the demo prints."""

    staff: str
    name: str
    role: str
    pin: str


@dataclass(frozen=True)
class Shop:
    """All that the gateway is told before the doors open."""

    members: tuple[Member, ...]
    orders: tuple[Order, ...]
    offers: tuple[PlannedOffer, ...]
    staff: tuple[StaffMember, ...]
    opened_on: date

    def orders_of(self, member: str) -> tuple[Order, ...]:
        """What a member may fetch today."""
        return tuple(order for order in self.orders if order.member == member)


STAFF = (
    StaffMember("hanh", "Hạnh", "staff", "2468"),
    StaffMember("tu", "Tú", "staff", "1357"),
    StaffMember("minh-chau", "Minh Châu", "owner", "8642"),
)


def make_shop(opened_on: date, seed: int = 1) -> Shop:
    """The shop as it stands on a day; the same day and seed give the same shop."""
    rng = Random(seed)
    names: set[str] = set()
    members = tuple(_member(rng, number, names) for number in range(1, MEMBERS + 1))
    orders = tuple(_orders(rng, members))
    return Shop(members, orders, OFFERS, STAFF, opened_on)


def last_day(opened_on: date) -> date:
    """When the demo's offers end: late enough that no demo outlives them."""
    return opened_on + timedelta(days=30)


def _member(rng: Random, number: int, names: set[str]) -> Member:
    while (name := full_name(rng)) in names:
        pass
    names.add(name)
    return Member(
        member=sha256(f"hien demo member {number}".encode()).hexdigest()[:12],
        name=name,
        phone=f"09{rng.randrange(10**8):08}",
        tier=rng.choices(TIERS, (6, 3, 1))[0],
        points=10 * rng.randrange(5, 400),
        interests=tuple(sorted(rng.sample(INTERESTS, rng.randint(1, 3)))),
        consents=_CONSENTS[number % len(_CONSENTS)],
        tag=None if rng.random() < 0.2 else members_tag(number),
        has_pass=rng.random() < 0.9,
    )


def _orders(rng: Random, members: tuple[Member, ...]) -> list[Order]:
    buyers = sorted(rng.sample(range(len(members)), len(members) // 3))
    return [
        Order(
            order=f"don-{20400 + place}",
            member=members[buyer].member,
            number=f"A-{20400 + place}",
            items=rng.randint(1, 5),
            unpaid_vnd=rng.choice((0, 0, 0, 1_000 * rng.randrange(90, 900))),
            ready=rng.random() < 0.85,
        )
        for place, buyer in enumerate(buyers)
    ]
