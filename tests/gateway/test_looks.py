"""From the owner's choice to the kiosk's wardrobe: sealed, kept, and worn by the page."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import topics
from contract.errors import ContractError
from contract.identifiers import shard_of
from contract.looks import LogoKind, Look
from contract.sealed import Purpose, seal
from gateway.seal import Sealer
from gateway.settings import GatewaySettings
from gateway.shard_links import ShardLinks
from gateway.store import looks
from gateway.store.audit import By
from gateway.store.looks import Chosen
from kiosk.adapters.retained_file import LOOK, RetainedFile, look_file
from kiosk.adapters.trust_gate import TrustGate
from kiosk.core.dressing import waiting
from kiosk.core.screen_rules import ScreenRules
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery, MqttLink
from tests.fakes import FakeClock
from tests.gateway.shop import NOON_MS, STORE, Shop
from web_ui.screen import look as page_look
from web_ui.screen.app import create_app
from web_ui.screen.feed import Feed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ISSUERS = {5: KEY.public_key().public_bytes_raw()}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" />'
CHOSEN = Chosen("Trà An Nhiên", "#5b2a86", 60, (LogoKind.SVG, SVG))


@dataclass
class Line:
    """What was published, by topic."""

    retained: dict[str, bytes] = field(default_factory=dict)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        if retain:
            self.retained[topic] = payload


def told(shop: Shop) -> dict[str, bytes]:
    """What a gateway that looks again tells the kiosks of the shop."""
    line, settings = Line(), GatewaySettings.model_validate({})
    links = ShardLinks(
        settings,
        shop.writers,
        FakeClock(),
        Inbox[Delivery](9),
        ExitStack(),
        Sealer(5, KEY),
        by_shard={shard_of(STORE): cast(MqttLink, line)},
    )
    links.refresh()
    return line.retained


def choose(shop: Shop, chosen: Chosen = CHOSEN, revision: int = 0) -> bool:
    with shop.writers.begin() as db:
        return looks.choose(db, By("lan", STORE, NOON_MS), chosen, revision)


def wardrobe(folder: Path) -> RetainedFile[Look]:
    return look_file(TrustGate(STORE, ISSUERS, folder / "epochs"), STORE, folder)


def test_what_the_owner_chose_is_worn_and_still_after_a_restart(shop: Shop, tmp_path: Path) -> None:
    assert topics.look(STORE) not in told(shop), "nobody chose anything"
    assert choose(shop)
    worn = wardrobe(tmp_path)

    assert worn.lay(*next((one, what) for one, what in told(shop).items() if one in worn.topics))

    look = wardrobe(tmp_path).said
    assert look is not None
    assert look == worn.said
    assert (look.name, look.accent, look.logo_bytes) == ("Trà An Nhiên", "#5b2a86", SVG)
    assert waiting(ScreenRules(warning_s=30), look) == ScreenRules(60.0, 30)
    (tmp_path / LOOK).write_text("damaged")
    assert wardrobe(tmp_path).said is None


def test_the_second_of_two_owners_changes_nothing_and_a_kept_logo_stays(shop: Shop) -> None:
    choose(shop)
    assert not choose(shop, Chosen("Other", "", None), 0)
    assert choose(shop, Chosen("", "", None), 1)
    with shop.read() as db:
        found = looks.look(db, STORE)
    assert found is not None
    assert (found.name, found.accent, found.idle_s, found.logo_bytes) == ("", "", None, SVG)
    assert waiting(ScreenRules(), found) == ScreenRules()


@pytest.mark.parametrize(
    "look", [Look("hue-2", "elsewhere"), Look(STORE)], ids=["another store's", "for doors"]
)
def test_what_is_not_sealed_for_these_screens_is_not_worn(tmp_path: Path, look: Look) -> None:
    purpose = Purpose.LOOK if look.name else Purpose.KEYRING
    worn = wardrobe(tmp_path)
    sealed = Sealer(5, KEY).seal(purpose, look)

    with pytest.raises(ContractError):
        worn.lay(topics.look(STORE), sealed)
    hasty = seal(KEY, 5, Purpose.LOOK, b'{"store":"hue-1","idle_s":5,"v":1}')
    with pytest.raises(ContractError):
        worn.lay(topics.look(STORE), hasty)
    assert worn.said is None
    assert not worn.lay("hien/1/00/hue-1/other", sealed)


def test_the_page_wears_name_logo_and_colour_and_contrast_stays_contrast(tmp_path: Path) -> None:
    app = create_app(Feed(), lambda _input: None, "An Nhiên", "Quầy 1")
    client: Any = app.test_client()
    plain = client.get("/").get_data(as_text=True)
    assert "An Nhiên</div>" in plain
    assert client.get("/logo").status_code == 404
    assert client.get("/look.css").get_data() == b""

    worn = Look(STORE, "Trà Hội An", "#5b2a86", None, LogoKind.SVG, "PHN2Zy8+")
    page_look.install(app, lambda: worn)

    page = client.get("/").get_data(as_text=True)
    assert "Trà Hội An</div>" in page
    assert '<img class="logo" src="/logo?v=' in page
    css = client.get("/look.css").get_data(as_text=True)
    assert ':not([data-ease~="contrast"])' in css
    assert "--jade-700: #5b2a86" in css
    logo = client.get("/logo")
    assert (logo.data, logo.mimetype) == (b"<svg/>", "image/svg+xml")
    assert "sandbox" in logo.headers["Content-Security-Policy"]
