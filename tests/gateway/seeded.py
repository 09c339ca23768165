"""Three members and thirty-three words that say who they are, in every place a shop has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import insert

from contract import codec
from contract.events import Arrived, Called, Scanned, Verdict
from contract.messages import KioskState
from gateway.core.changes import Ask, Noun, PrivacyAsked
from gateway.core.consent import Method, Purpose
from gateway.core.incidents import What
from gateway.core.interests import InterestKind, Noted
from gateway.core.telling import Kind
from gateway.erasing import Eraser
from gateway.store import (
    consents,
    external_ids,
    incidents,
    interests,
    merges,
    messages,
    outgoing,
    phones,
    privacy_requests,
    stores,
    tombstones,
)
from gateway.store.alert_rows import AlertRow
from gateway.store.api_answers import ApiAnswerRow
from gateway.store.appointments import AppointmentRow
from gateway.store.base import Base
from gateway.store.connectors import DeliveryRow
from gateway.store.consents import Proof
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.events import Received
from gateway.store.experiments import ExposureRow
from gateway.store.merges import Deed
from gateway.store.orders import OrderStepRow
from gateway.store.outside import OutsideRow
from gateway.store.pick_up_codes import PickUpCodeRow
from gateway.store.profiles import ProfileRow, TagRow
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Outbox, Shop, key_of, pass_of
from tests.gateway.store.test_retention import filled

CONNECTOR = "web-shop"


class Seeded:
    """A member and eleven words that are theirs alone."""

    def __init__(self, member: str, name: str, number: int) -> None:
        self.member, self.name, self.order = member, name, f"A-{number:03}"
        self.phone = f"0901 777 {number:03}"
        self.e164 = f"+84901777{number:03}"
        self.email = f"khach{number}@example.vn"
        self.zalo = f"zalo-{number}-7315"
        self.customer = f"20711{number:04}"
        self.friend = f"Hoàng Yến {number}"  # who picked up for them
        self.identity = f"eddystone-uid:{number:020x}:{member}"
        self.key = key_of(member).public_key().public_bytes_raw().hex()

    @property
    def words(self) -> list[str]:
        return [
            *(self.member, self.name, self.phone, self.e164, "0" + self.e164[3:], self.email),
            *(self.zalo, self.customer, self.identity, self.key, self.friend),
        ]


NGOC_HERE = Seeded(NGOC, "Trần Bảo Ngọc", 1)
HUY_HERE = Seeded(HUY, "Phạm Gia Huy", 2)
LAM_HERE = Seeded("00000000c003", "Đỗ Tùng Lâm", 3)
ALL = (NGOC_HERE, HUY_HERE, LAM_HERE)
SEEDED = 33


def seed(shop: Shop, one: Seeded) -> None:
    """Everything the shop can know of somebody, in every place."""
    shop.member(one.member, one.name, consents=frozenset(Purpose))
    shop.order(one.order, one.member, state="handed_over")
    said = (CONNECTOR, NOON_MS)
    whole = f'{{"name": "{one.name}", "phone": "{one.phone}", "id": {one.customer}}}'.encode()
    with shop.writers.begin() as db:
        row = db.get_one(ProfileRow, one.member)
        row.phone, row.birthday, row.provenance = one.phone, "1990-03-01", ""
        db.get_one(TagRow, f"t-{one.member}").identity = one.identity
        shop_id = f"shop:{CONNECTOR}:{one.customer}"
        for external in (f"phone:{one.e164}", f"email:{one.email}", f"zalo:{one.zalo}", shop_id):
            external_ids.claim(db, one.member, external, said)
        viewed = Noted(InterestKind.VIEWED, ("gom",), "shop", NOON_MS)
        interests.learn(db, one.member, viewed)
        phones.invite(db, one.member, NOON_MS)
        proof = Proof(NOON_MS, Method.PHONE, f"{one.member}/1", f"{one.name} signed")
        consents.agree(db, one.member, Purpose.SMS, proof)
        messages.permit(db, one.member, Purpose.SMS, "crm", NOON_MS)
        outgoing.tell(db, Kind.ALERT_CLOSED, {"member": one.member}, NOON_MS)
        wrote = {What.HAPPENED: f"{one.name} (0{one.e164[3:]}) saw another's order, {one.email}"}
        incidents.open_(db, NOON_MS, wrote, "lan", NOON_MS)
        asked = PrivacyAsked(Ask.SEE, one.customer)
        privacy_requests.add(db, CONNECTOR, asked, one.member, NOON_MS)
        given: list[tuple[type[Base], dict[str, object]]] = [
            (ApiAnswerRow, {"idem_key": one.member, "body": whole}),
            (DeadLetterRow, {"digest": one.member, "payload": whole}),
            (DeliveryRow, {"delivery": one.order, "body": whole, "connector": CONNECTOR}),
            (OrderStepRow, {"order_id": one.order, "note": f"gọi 0{one.e164[3:]}"}),
            (OrderStepRow, {"order_id": one.order, "handed_to": f"delegate {one.friend}"}),
            (PickUpCodeRow, {"digest": one.member, "order_id": one.order, "name": one.friend}),
            (AlertRow, {"member": one.member, "note": f"{one.friend} cũng thích", "store": STORE}),
            (AppointmentRow, {"appointment": f"a{one.member}", "member": one.member}),
            (ExposureRow, {"experiment": "tea", "arm": "a", "member": one.member}),
        ]
        for table, columns in given:
            db.execute(insert(table).values(filled(table, columns)))
        link = {"connector": CONNECTOR, "noun": str(Noun.CUSTOMER), "outside": one.customer}
        db.execute(insert(OutsideRow).values(filled(OutsideRow, {**link, "ours": one.member})))
        heard = KioskState(kiosk="quay-2", online=True, version="1", devices={})
        state = codec.encode(heard).decode().replace("quay-2", f"quay-2 t-{one.member}")
        next(row for row in stores.fleet(db, STORE) if row.kiosk == "quay-2").state = state


def said(some: Iterable[Seeded], outbox: Outbox) -> Iterator[Received]:
    """What a kiosk says when they come with their tag, show their pass and call for help."""
    for number, one in enumerate(some):
        session = f"{number + 16:016x}"
        yield outbox.says(Arrived(f"t-{one.member}", "quay-1", -60, session))
        yield outbox.says(Scanned(session, Verdict.GOOD, pass_of(one.member)))
        yield outbox.says(Called(session))


def erased_by(shop: Shop, folder: Path) -> Eraser:
    """Who erases, in a shop that knows all of them, and two of whom were one for a while."""
    for one in ALL:
        seed(shop, one)
    shop.handle(*said(ALL, Outbox()))
    with shop.writers.begin() as db:
        merges.merge(db, NGOC, HUY, Deed("lan", NOON_MS))
        merges.split(db, HUY, Deed("lan", NOON_MS))
    graves = tombstones.opened(folder / "erasure.key")
    return Eraser(shop.engine, graves, lambda: NOON_MS, lambda _: None)


def asks(shop: Shop, *some: Seeded) -> None:
    with shop.writers.begin() as db:
        for one in some:
            asked = PrivacyAsked(Ask.ERASE, "")
            row = privacy_requests.add(db, privacy_requests.PHONE, asked, one.member, NOON_MS)
            db.flush()
            assert privacy_requests.confirm(db, row.number, NOON_MS)
