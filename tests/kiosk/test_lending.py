"""Stories at a kiosk that the gateway does not answer: what it gives out by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.drawn_codes import is_drawn
from contract.events import Given, LeaseReturned, Promised, PurseOpened
from contract.leases import Allowance, Lease, OwnOffer
from contract.messages import Level, ShownOffer, Text, Tone
from kiosk.adapters.purse_file import PurseFile
from kiosk.core.inputs import Button, LinkChanged, Tick, Told
from kiosk.core.screen import OfferDetail, Offers, RainCheck, Recorded
from kiosk.lending import Lending
from runtime.clock import unix_ms
from tests.fakes import NOON
from tests.kiosk.whole_kiosk import PURSE, Kiosk

WORDS = Text("trà", "tea")
TEA = ShownOffer("tea", Tone.JADE, WORDS, WORDS, WORDS, WORDS, WORDS)
END_MS = unix_ms(NOON) + 86_400_000


def lease(name: str = "l-1", granted: int = 1) -> Lease:
    return Lease(name, "tea", granted, END_MS)


def allow(kiosk: Kiosk, one: Lease) -> None:
    offers = (OwnOffer(TEA, 0, END_MS, one),)
    kiosk.app.handle(Told(Allowance("hue-1", "quay-1", PURSE, offers)))


def unanswered(kiosk: Kiosk) -> None:
    """Somebody shows a pass, and nothing comes."""
    kiosk.hold_up(kiosk.pass_text())
    kiosk.wait(3.5)


def of_leases(kiosk: Kiosk) -> list[object]:
    return [
        one for one in kiosk.sent if isinstance(one, Given | LeaseReturned | PurseOpened | Promised)
    ]


def test_without_an_answer_a_kiosk_gives_out_what_it_holds_and_reports_it_once(
    kiosk: Kiosk,
) -> None:
    allow(kiosk, lease())
    kiosk.app.handle(LinkChanged(online=False))
    unanswered(kiosk)
    page = kiosk.screen()
    assert isinstance(page, Offers)
    assert (page.shown.offers, page.shown.name, page.shown.points) == ((TEA,), "", 0)
    session = kiosk.app.state.session

    for _ in range(2):  # looked at twice, had once
        kiosk.press(Button.OFFER, "tea")
        assert isinstance(kiosk.screen(), OfferDetail)
        assert kiosk.purses.load().held["l-1"].spent == 1
        kiosk.press(Button.BACK)
    kiosk.press(Button.END)
    kiosk.wait(15)
    unanswered(kiosk)
    empty = kiosk.screen()
    assert isinstance(empty, RainCheck)
    assert empty.offer == TEA
    again = kiosk.app.state.session

    kiosk.app.handle(LinkChanged(online=True))
    code = empty.code.replace("-", "")
    assert is_drawn(code)
    assert of_leases(kiosk) == [
        Given(session, "tea", "l-1", 1),
        LeaseReturned("l-1", 1),
        Promised(again, "tea", code),
    ]


def test_the_gateways_late_answer_takes_the_place_of_the_kiosks_own_page(kiosk: Kiosk) -> None:
    allow(kiosk, lease())
    unanswered(kiosk)

    kiosk.told(Level.PERSONAL, name="Ngọc", offers=(TEA,))
    kiosk.press(Button.OFFER, "tea")

    assert isinstance(kiosk.screen(), OfferDetail)
    assert of_leases(kiosk) == []  # the till counts this one


def test_what_is_over_before_it_is_touched_is_not_promised(kiosk: Kiosk) -> None:
    allow(kiosk, lease())
    unanswered(kiosk)
    kiosk.clock.advance(86_400)

    kiosk.press(Button.OFFER, "tea")

    assert kiosk.screen() == Recorded()
    assert of_leases(kiosk) == []


def test_what_the_disk_does_not_keep_is_not_promised(kiosk: Kiosk, tmp_path: Path) -> None:
    allow(kiosk, lease())
    unanswered(kiosk)
    (tmp_path / "leases.json.new").mkdir()  # nothing can be written beside it

    kiosk.press(Button.OFFER, "tea")

    assert kiosk.screen() == Recorded()
    assert of_leases(kiosk) == []


def test_a_restart_remembers_what_was_given_out(kiosk: Kiosk) -> None:
    allow(kiosk, lease(granted=2))
    unanswered(kiosk)
    kiosk.press(Button.OFFER, "tea")
    kiosk.press(Button.END)
    kiosk.wait(15)

    kiosk.app.ports = kiosk.ports_with(Lending(PurseFile(kiosk.folder / "leases.json"), kiosk.time))
    allow(kiosk, lease(granted=2))
    unanswered(kiosk)
    kiosk.press(Button.OFFER, "tea")

    given = [one for one in of_leases(kiosk) if isinstance(one, Given)]
    assert [one.spent for one in given] == [1, 2]


def test_a_new_memory_is_told_of_only_once_it_is_on_the_disk(kiosk: Kiosk) -> None:
    path = kiosk.folder / "new"
    kiosk.app.ports = kiosk.ports_with(Lending(PurseFile(path / "leases.json"), kiosk.time))
    kiosk.wait(1)
    assert of_leases(kiosk) == []

    path.mkdir()
    kiosk.wait(2)
    assert len(of_leases(kiosk)) == 1


@pytest.mark.parametrize("content", [None, "", "not a purse"])
def test_a_memory_that_was_lost_is_a_new_one_and_spends_no_old_lease(
    kiosk: Kiosk, content: str | None
) -> None:
    path = kiosk.folder / "leases.json"
    path.unlink() if content is None else path.write_text(content)
    kiosk.app.ports = kiosk.ports_with(Lending(PurseFile(path), kiosk.time))
    kiosk.app.handle(Tick())
    allow(kiosk, lease())
    unanswered(kiosk)

    assert kiosk.screen() == Recorded()
    (opened,) = of_leases(kiosk)
    assert isinstance(opened, PurseOpened)
    assert opened.purse not in ("", PURSE)
    assert PurseFile(path).load().purse == opened.purse
