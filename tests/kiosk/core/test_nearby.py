from collections.abc import Sequence

from contract.messages import Trust, TrustedIrk, TrustedTag
from kiosk.core import nearby, recognition
from kiosk.core.inputs import Advertisement, Heard
from kiosk.core.nearby import Nearby, Row
from kiosk.core.presence import PresenceRules, Receiver
from kiosk.core.recognition import Recognition
from kiosk.core.resolving import Resolver

IBEACON = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")
IDENTITY = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949"
EID = bytes.fromhex("30ee0102030405060708")
RULES = PresenceRules(receivers={"quay-1": Receiver("front", 3.0)})


def heard(at_s: float, rssi_dbm: int = -60, receiver: str = "", **parts: bytes) -> Heard:
    apple = {0x4C: parts["apple"]} if "apple" in parts else {}
    eddystone = {0xFEAA: parts["eddystone"]} if "eddystone" in parts else {}
    return Heard(Advertisement(apple, eddystone, rssi_dbm), at_s, receiver)


def somebody(rules: PresenceRules = RULES) -> Nearby:
    return Nearby(rules, "quay-1", Resolver())


def test_a_beacon_is_a_row_with_its_zone_and_its_level_as_calibrated() -> None:
    [row] = somebody().hear(heard(1.0, -60, apple=IBEACON))

    assert row[:6] == ("ibeacon", IDENTITY, "", "quay-1", "front", -60)
    assert (row.signal.level_dbm, row.times) == (-63.0, 1)


def test_the_level_is_smoothed_as_in_a_kiosk() -> None:
    table = somebody(PresenceRules())
    table.hear(heard(1.0, -60, apple=IBEACON))
    [row] = table.hear(heard(1.5, -70, apple=IBEACON))

    assert -70 < row.signal.level_dbm < -60
    assert (row.rssi_dbm, row.times) == (-70, 2)
    assert table.rows(1.5) == [row]


def test_each_format_and_each_receiver_has_its_row_and_the_loudest_comes_first() -> None:
    table = somebody()
    table.hear(heard(1.0, -80, apple=IBEACON, eddystone=EID))
    table.hear(heard(1.0, -50, "board-7", apple=IBEACON))

    assert [(row.format, row.identity, row.receiver) for row in table.rows(1.0)] == [
        ("ibeacon", IDENTITY, "board-7"),
        ("ibeacon", IDENTITY, "quay-1"),
        ("eddystone-eid", "0102030405060708", "quay-1"),
    ]


def test_what_is_silent_for_a_minute_is_gone_and_comes_anew() -> None:
    table = somebody()
    table.hear(heard(1.0, apple=IBEACON))

    assert len(table.rows(61.0)) == 1
    assert table.rows(61.1) == []
    [row] = table.hear(heard(62.0, apple=IBEACON))
    assert row.times == 1


def test_what_comes_back_after_a_minute_comes_anew_though_nobody_looked() -> None:
    table = somebody()
    table.hear(heard(1.0, apple=IBEACON))

    assert table.hear(heard(61.0, apple=IBEACON))[0].times == 2
    assert table.hear(heard(121.1, apple=IBEACON))[0].times == 1


def test_a_flood_drives_out_the_longest_silent_first() -> None:
    table = somebody()
    numbers = [*range(nearby.ROWS), 0, nearby.ROWS]
    for number in numbers:
        table.hear(heard(1.0, apple=IBEACON[:-3] + number.to_bytes(2, "big") + b"\xc5"))

    minors = {row.identity.rpartition(":")[2] for row in table.rows(1.0)}
    assert "0" in minors
    assert "1" not in minors


def test_a_flood_does_not_grow_the_table() -> None:
    table = somebody()
    for number in range(nearby.ROWS + 5):
        table.hear(heard(1.0, apple=IBEACON[:-3] + number.to_bytes(2, "big") + b"\xc5"))

    rows = table.rows(1.0)
    assert len(rows) == nearby.ROWS
    assert {row.identity.rpartition(":")[2] for row in rows}.isdisjoint({"0", "4"})


def known(trust: Trust) -> Resolver:
    class Ring:
        def know(self, irks: object) -> None:
            pass

        def match(self, addresses: Sequence[bytes]) -> dict[bytes, str]:
            return dict.fromkeys(addresses, "tag-2")

    resolver = Resolver(Ring())
    resolver.know(recognition.learn(Recognition(), trust))
    return resolver


def test_a_tag_is_named_as_the_kiosk_knows_it_and_a_phone_without_a_beacon_too() -> None:
    trust = Trust(
        "hue",
        epoch=1,
        not_after_ms=10**12,
        tags=(TrustedTag("tag-1", IDENTITY),),
        irks=(TrustedIrk("tag-2", "00" * 16),),
    )
    resolver = known(trust)
    table = Nearby(PresenceRules(), "here", resolver)
    addresses = [bytes([0x40, 0, 0, 0, 0, last]) for last in (1, 2)]
    phones = [Heard(Advertisement({}, {}, -60, address), 1.0) for address in addresses]

    rows: list[Row] = table.hear(heard(1.0, apple=IBEACON))
    for phone in phones:  # two addresses, before anybody is believed to be there
        assert table.hear(phone) == []
    resolver.tick(2.0, 2.0)
    rows += table.hear(phones[0])

    assert [(row.format, row.tag) for row in rows] == [
        ("ibeacon", "tag-1"),
        ("private-address", "tag-2"),
    ]
