"""Home Assistant beside a shop: what it discovers, what it hears, the one thing it may press."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509

from contract.commands import Command, Deed
from contract.events import Condition, Device
from contract.messages import KioskState, TagHeard
from contract.topics import KioskAddress
from contract.vitals import Vitals
from firmware_config import certificates, mosquitto
from gateway.core import home_assistant as ha
from gateway.home_assistant import AGAIN_MS, HomeAssistant
from gateway.store import device_orders, stores
from runtime.errors import SettingsError
from runtime.mqtt_link import Delivery, LinkOptions
from runtime.tls import Tls
from tests.gateway.broker_shop import BrokerShop
from tests.gateway.shop import NOON_MS, STORE, Shop
from tests.gateway.test_broker import End
from tests.waiting import until

QUAY = KioskAddress(STORE, "quay-1")
GOLDEN = Path(__file__).parent / "golden" / "home_assistant.json"
WELL = KioskState(
    "quay-1",
    online=True,
    at_ms=NOON_MS,
    version="0.1.0",
    outbox_depth=3,
    tags=(TagHeard("t-1", NOON_MS - 60_000), TagHeard("t-2", NOON_MS - 60_001)),
    vitals=Vitals(temperature_c=61.3),
)


def test_a_kiosk_is_discovered_as_its_documentation_says() -> None:
    said = {"topic": ha.config_topic(QUAY), "payload": ha.discovery(QUAY, "Quầy 1", "0.1.0")}

    assert said == json.loads(GOLDEN.read_text(encoding="utf-8"))
    ids = [one["unique_id"] for one in said["payload"]["cmps"].values()]  # type: ignore[index]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param(
            WELL,
            {"online": "ON", "problem": "OFF", "near": 1, "temperature": 61.3, "waiting": 3},
            id="well",
        ),
        pytest.param(
            KioskState("quay-1", True, devices={Device.RADIO: Condition.OUT}),
            {"online": "ON", "problem": "ON", "near": 0, "temperature": None, "waiting": 0},
            id="deaf",
        ),
        pytest.param(
            None,
            {"online": "OFF", "problem": "ON", "near": None, "temperature": None, "waiting": None},
            id="never heard",
        ),
        pytest.param(
            KioskState("quay-1", online=False, outbox_depth=3),
            {"online": "OFF", "problem": "ON", "near": None, "temperature": None, "waiting": None},
            id="away: what it said is old",
        ),
    ],
)
def test_how_a_kiosk_is_has_a_word_for_each_entity(
    state: KioskState | None, said: dict[str, object]
) -> None:
    assert ha.state(state) == said
    entities = ha.discovery(QUAY, "x", "")["cmps"]
    read = {one["value_template"] for one in entities.values() if "value_template" in one}
    assert read == {f"{{{{ value_json.{key} }}}}" for key in said}


def test_no_two_kiosks_are_one() -> None:
    names = [KioskAddress("hue-1", "quay-2"), KioskAddress("hue", "1-quay-2")]

    assert len({ha.config_topic(one) for one in names}) == 2


@dataclass
class House:
    """Home Assistant's words go in by hand; what is ordered is kept."""

    shop: Shop
    now_ms: int = NOON_MS
    orders: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shown = HomeAssistant(self.shop.readers, lambda: self.now_ms, self.orders.append)

    def press(self, topic: str, payload: bytes = ha.PRESS, *, is_retained: bool = False) -> None:
        self.shown._came.put(Delivery(topic, payload, 1, is_retained))
        self.shown.round()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(Shop(tmp_path))


def test_the_button_makes_an_order_that_is_written_down(house: House) -> None:
    house.press(ha.press_topic(QUAY))

    (order,) = house.orders
    assert (order.deed, order.device, order.staff) == (Deed.IDENTIFY, "quay-1", ha.USER)
    with house.shop.read() as db:
        (row,) = device_orders.latest(db, STORE, 10)
        assert (row.nonce, row.staff) == (order.nonce, ha.USER)


def test_a_button_that_is_held_down_is_one_order_in_ten_seconds(house: House) -> None:
    for _ in range(5):
        house.press(ha.press_topic(QUAY))
    assert len(house.orders) == 1
    house.now_ms += AGAIN_MS
    house.press(ha.press_topic(QUAY))
    assert len(house.orders) == 2


@pytest.mark.parametrize(
    ("topic", "payload", "is_retained"),
    [
        (ha.press_topic(KioskAddress(STORE, "quay-9")), ha.PRESS, False),
        (ha.press_topic(KioskAddress("hue-9", "quay-1")), ha.PRESS, False),
        (ha.press_topic(QUAY), b"RESTART", False),
        (ha.press_topic(QUAY), ha.PRESS, True),
        (f"{ha.ROOT}/../quay-1/identify", ha.PRESS, False),
        (ha.BIRTH, b"offline", False),
    ],
)
def test_nothing_else_is_an_order(
    house: House, topic: str, payload: bytes, is_retained: bool
) -> None:
    house.press(topic, payload, is_retained=is_retained)

    assert house.orders == []


def test_unless_it_is_wanted_nobody_of_that_name_may_anything() -> None:
    assert ha.USER not in mosquitto.access([QUAY])
    assert "homeassistant" not in mosquitto.access([QUAY])


def test_it_comes_by_certificate_discovers_hears_and_presses_and_may_no_more(
    tmp_path: Path,
) -> None:
    made = BrokerShop(tmp_path)
    text = (tmp_path / "gateway.toml").read_text()
    (tmp_path / "gateway.toml").write_text(
        text.replace("[own_broker]", "[own_broker]\nhome_assistant = true")
    )
    made.reload()
    made.open()
    made.gateway_says("home-assistant", str(tmp_path / "ha"))
    files = tmp_path / "ha"
    assert (files / "home-assistant.key").stat().st_mode & 0o777 == 0o600
    signed = x509.load_pem_x509_certificate((files / "home-assistant.pem").read_bytes())
    assert certificates.user_of(signed) == ha.USER
    with made.shop.writers.begin() as db:
        stores.keep_state(db, STORE, "quay-1", WELL, NOON_MS)
    orders: list[Command] = []
    tls = Tls(
        ca=files / "ca.pem",
        certificate=files / "home-assistant.pem",
        key=files / "home-assistant.key",
    )
    own = End(LinkOptions("any name", ("homeassistant/#", "hien-ha/#", "hien/#"), speaks_v5=True))
    with ExitStack() as stack:
        stack.callback(made.close)
        broker = made.settings.broker
        own.link.open("localhost", made.kiosk.broker.port, tls)
        stack.callback(own.link.close)
        until(own.is_online, "Home Assistant is let in")
        HomeAssistant(made.shop.readers, lambda: NOON_MS, orders.append).start(broker, stack)
        until(lambda: heard(own, ha.config_topic(QUAY)), "it discovers a kiosk")
        until(lambda: heard(own, ha.state_topic(QUAY)), "and hears how it is")
        assert json.loads(heard(own, ha.state_topic(QUAY))[0])["near"] == 1
        until(lambda: heard(own, ha.STATUS), "and that we are there")
        for foreign in (ha.config_topic(QUAY), ha.state_topic(QUAY), "hien/1/58/hue-1/quay-1/up"):
            own.link.publish(foreign, b"false")
        own.link.publish(ha.BIRTH, ha.BORN)
        own.link.publish(ha.press_topic(QUAY), ha.PRESS)
        until(lambda: orders, "its button is passed on")
        until(lambda: len(heard(own, ha.config_topic(QUAY))) > 1, "born anew it is told anew")
    assert not [one for one in own.came.queue if one.payload == b"false"]
    assert not [one for one in own.came.queue if one.topic.startswith("hien/")]


def test_without_the_setting_there_is_no_certificate(tmp_path: Path) -> None:
    made = BrokerShop(tmp_path)

    with pytest.raises(SettingsError, match=r"\[own_broker\] home_assistant = true is missing"):
        made.gateway_says("home-assistant", str(tmp_path / "ha"))
    made.shop.engine.dispose()


def heard(own: End, topic: str) -> list[bytes]:
    return [one.payload for one in own.came.queue if one.topic == topic]
