"""Simulated tags against the product's own decoder: both follow the published formats."""

from __future__ import annotations

from random import Random

import pytest

from contract import identities
from kiosk.core.advertisement import decode, from_ad_structures
from kiosk.core.formats.eddystone import EddystoneEid
from simulator.tags import ROTATES_EXPONENT, Tag, eddystone_uid, members_tag, strangers_tag

LEGACY_PAYLOAD_BYTES = 31  # Core Specification Vol 6 B 2.3.1


@pytest.mark.parametrize("tag", [*map(members_tag, range(1, 7)), strangers_tag(Random(1))])
def test_the_product_reads_the_identity_that_the_contract_names(tag: Tag) -> None:
    heard = from_ad_structures(tag.payload_at(1.8e9), -60)

    assert heard is not None
    assert [beacon.identity for beacon in decode(heard)] == [tag.identity]
    assert len(tag.payload) <= LEGACY_PAYLOAD_BYTES


def test_an_eddystone_uid_is_byte_for_byte_the_specifications() -> None:
    tag = eddystone_uid(bytes(range(10)), bytes(range(6)))

    assert tag.payload.hex() == (
        "0201060303aafe1716aafe00ec"  # flags, service list, service data, UID frame, -20 dBm
        "000102030405060708090001020304050000"
    )


def test_an_app_says_another_identity_each_quarter_of_an_hour() -> None:
    app = members_tag(17)
    size_s = 1 << ROTATES_EXPONENT
    began_s = 1_800_000_000 // size_s * size_s
    said = []
    for at_s in (began_s, began_s + size_s - 0.1, began_s + size_s):
        heard = from_ad_structures(app.payload_at(at_s), -60)
        assert heard is not None
        (beacon,) = decode(heard)
        assert isinstance(beacon, EddystoneEid)
        said.append(beacon.eid)

    assert said[0] == said[1] == identities.eid(app.key, ROTATES_EXPONENT, began_s)
    assert said[2] != said[0]
    assert app.identity == f"eddystone-eid:10:0:{app.key.hex()}"


def test_members_have_tags_of_their_own() -> None:
    assert len({members_tag(number) for number in range(1, 121)}) == 120
