"""From the owner's file to the kiosk's own list: sealed, kept, and told only when it changed."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest

from contract import topics
from contract.errors import ContractError
from contract.identifiers import shard_of
from contract.products import Catalogue
from contract.sealed import Purpose
from gateway.seal import Sealer
from gateway.settings import GatewaySettings
from gateway.shard_links import ShardLinks
from kiosk.adapters.retained_file import CATALOGUE, RetainedFile, catalogue_file
from kiosk.adapters.trust_gate import TrustGate
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery, MqttLink
from tests.fakes import FakeClock
from tests.gateway.shop import STORE, Shop
from tests.gateway.store.test_products import HEADER, TEA, WIDE, brings
from tests.gateway.test_looks import ISSUERS, KEY, Line

TOPIC = topics.catalogue(STORE)


def links(shop: Shop, line: Line) -> ShardLinks:
    return ShardLinks(
        GatewaySettings.model_validate({}),
        shop.writers,
        FakeClock(),
        Inbox[Delivery](9),
        ExitStack(),
        Sealer(5, KEY),
        by_shard={shard_of(STORE): cast(MqttLink, line)},
    )


def shelf(folder: Path) -> RetainedFile[Catalogue]:
    return catalogue_file(TrustGate(STORE, ISSUERS, folder / "epochs"), STORE, folder)


def test_what_a_file_says_is_known_at_the_kiosk_and_still_after_a_restart(
    shop: Shop, tmp_path: Path
) -> None:
    line = Line()
    gateway = links(shop, line)
    gateway.refresh()
    assert TOPIC not in line.retained, "nobody named a product"
    brings(shop, tmp_path, WIDE, TEA)
    gateway.refresh()
    kept = shelf(tmp_path)

    assert kept.lay(TOPIC, line.retained[TOPIC])

    again = shelf(tmp_path).said
    assert again == kept.said
    assert again is not None
    assert [(one.id, one.price_vnd, one.stock) for one in again.products] == [
        ("tra-sen", 185_000, 12)
    ]
    (tmp_path / CATALOGUE).write_text("damaged")
    assert shelf(tmp_path).said is None


def test_it_is_told_again_only_when_it_is_another(shop: Shop, tmp_path: Path) -> None:
    line = Line()
    gateway = links(shop, line)
    brings(shop, tmp_path, WIDE, TEA)
    gateway.refresh()
    line.retained.clear()
    gateway.refresh()
    assert TOPIC not in line.retained
    brings(shop, tmp_path, f"{HEADER},sold", "tra-sen,Trà sen,Lotus tea,185000,no")
    gateway.refresh()
    emptied = shelf(tmp_path)
    emptied.lay(TOPIC, line.retained[TOPIC])
    assert emptied.said == Catalogue(STORE, 0), "the last product is gone, and kiosks hear so"


def test_what_is_not_sealed_for_this_store_is_not_believed(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    for purpose, store in ((Purpose.LOOK, STORE), (Purpose.CATALOGUE, "hue-2")):
        with pytest.raises(ContractError):
            kept.lay(TOPIC, Sealer(5, KEY).seal(purpose, Catalogue(store, 1)))
    assert kept.said is None
    assert not kept.lay("hien/1/00/hue-1/look", b"")
