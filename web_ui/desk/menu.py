"""The way about: few headings, below each the pages somebody may see. It lets nobody in itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import request, url_for

from gateway.core.roles import Right
from web_ui.desk.sign_in import person
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later


@dataclass(frozen=True, slots=True)
class Page:
    """One page there is a way to."""

    endpoint: str
    label: str
    right: Right


@dataclass(frozen=True, slots=True)
class Link:
    """A page as somebody sees it in the menu."""

    url: str
    label: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A heading and the links below it."""

    label: str
    links: Sequence[Link]

    @property
    def is_here(self) -> bool:
        """Whether the present page is one of them."""
        return any(link.is_here for link in self.links)


# In the order of a day: the counter first, what is set up once at the end.
PAGES: Sequence[tuple[str, Sequence[Page]]] = (
    (
        later("At the counter"),
        (
            Page("board.index", later("Board"), Right.SERVE),
            Page("orders.index", later("Orders"), Right.SERVE),
            Page("appointments.index", later("Appointments"), Right.SERVE),
            Page("redeem.index", later("Redeem"), Right.SERVE),
        ),
    ),
    (
        later("Shop"),
        (
            Page("console.index", later("Overview"), Right.SEE_SHOP),
            Page("console.visits.index", later("Visits"), Right.SEE_SHOP),
            Page("console.floor.index", later("Floor plan"), Right.SEE_SHOP),
            Page("console.kiosks.index", later("Kiosks"), Right.CARE_FOR_KIOSKS),
            Page("console.newcomers.index", later("New kiosks"), Right.RUN_SHOP),
            Page("console.doors.index", later("Doors"), Right.OPEN_DOORS),
        ),
    ),
    (
        later("Numbers"),
        (
            Page("console.numbers.index", later("This store"), Right.SEE_SHOP),
            Page("console.sales.index", later("Sales"), Right.SEE_SHOP),
            Page("console.results.of_stores", later("Stores"), Right.SEE_SHOP),
            Page("console.results.of_staff", later("What the staff did"), Right.SEE_SHOP),
            Page("console.journeys.page", later("From online"), Right.SEE_SHOP),
        ),
    ),
    (
        later("Offers"),
        (
            Page("console.offers.index", later("All offers"), Right.WRITE_OFFERS),
            Page("console.experiments.index", later("Tests of offers"), Right.WRITE_OFFERS),
        ),
    ),
    (
        later("People"),
        (
            Page("console.members.index", later("Members"), Right.CARE_FOR_MEMBERS),
            Page("console.staff.index", later("Staff"), Right.RUN_STAFF),
        ),
    ),
    (
        later("Office"),
        (
            Page("console.owners_file.index", later("The owner's file"), Right.RUN_SHOP),
            Page("console.incidents.index", later("Incidents"), Right.RUN_SHOP),
            Page("console.connectors.index", later("Connectors"), Right.RUN_SHOP),
            Page("console.letters.index", later("Unread messages"), Right.RUN_SHOP),
            Page("console.settings.index", later("Settings"), Right.SET_UP),
            Page("console.deeds.index", later("Log"), Right.READ_LOG),
        ),
    ),
)
# Pages that are reached from another, and belong there.
BELOW = {
    "console.floor_drawing": "console.floor.index",
    "console.merges": "console.members.index",
    "console.whys": "console.members.index",
}


def menu() -> list[Group]:
    """What the present person may see, and where they are; nothing before they chose a PIN."""
    me = person()
    if me is None or me.has_given_pin:
        return []
    here = _here(request.endpoint or "", request.blueprint or "")
    return [
        Group(_(label), [Link(url_for(p.endpoint), _(p.label), p.endpoint == here) for p in pages])
        for label, pages in (
            (label, [page for page in pages if me.may(page.right)]) for label, pages in PAGES
        )
        if pages
    ]


def _here(endpoint: str, part: str) -> str:
    """The page of the menu that a page is, or belongs to; "" if to none."""
    known = [page.endpoint for page in _pages()]
    if endpoint in known:
        return endpoint
    siblings = [one for one in known if part and one.rpartition(".")[0] == part]
    return BELOW.get(part, siblings[0] if siblings else "")


def _pages() -> Iterator[Page]:
    for _label, pages in PAGES:
        yield from pages
