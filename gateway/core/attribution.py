"""What brought somebody: online touches, the visits and sales after them, who gets the credit.

Pure: it is given one member's touches, visits and sales, and knows no table. A touch counts for a
visit or a sale if it came at most a window before; the oldest of those is the first, the newest
the last.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from contract import tracked_links
from contract.messages import Text
from contract.tracked_links import TAG_MAX
from gateway.core.measures import AT_TILL_MS

DAY_MS = 86_400_000

# Names of the query's parts by which advertisers' systems name a click.
CLICKS = ("gclid", "fbclid", "ttclid", "zclid", "msclkid")


class Key(StrEnum):
    """By what somebody came."""

    LINK = "link"
    CODE = "code"
    QR = "qr"
    # By nothing that is known online: they said themselves that they came; or, with a campaign,
    # they held its link to a kiosk.
    CHECK_IN = "check_in"
    NONE = "none"  # seen, and nothing is known of why


KEYS: Mapping[Key, Text] = {
    Key.LINK: Text("Đường dẫn", "Link"),
    Key.CODE: Text("Mã ưu đãi", "Offer code"),
    Key.QR: Text("Mã QR", "QR code"),
    Key.CHECK_IN: Text("Tự xưng tên tại cửa hàng", "Check-in in the store"),
    Key.NONE: Text("Không rõ vì sao", "Nothing known"),
}
ONLINE = (Key.LINK, Key.CODE, Key.QR)  # what a touch elsewhere may be
HERE = (Key.CODE, Key.CHECK_IN)  # what a touch in the store may be


@dataclass(frozen=True, slots=True)
class Tags:
    """Where a link or a code was shown, as advertisers name it; what is empty is not said."""

    campaign: str = ""
    origin: str = ""  # utm_source: facebook, zalo, leaflet
    medium: str = ""  # cpc, post, poster
    click: str = ""  # an advertiser's own id of this one click


@dataclass(frozen=True, slots=True)
class Touch:
    """A member met the shop somewhere else."""

    at_ms: int
    key: Key
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """A visit."""

    visit: int
    store: str
    first_ms: int
    last_ms: int
    is_check_in: bool = False


@dataclass(frozen=True, slots=True)
class Bought:
    """A sale."""

    sale: str
    store: str
    at_ms: int
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class Windows:
    """How long a touch is remembered."""

    visit_ms: int = 30 * DAY_MS
    sale_ms: int = 30 * DAY_MS


@dataclass(frozen=True, slots=True)
class Story:
    """All of one member; each in the order of time."""

    touches: Sequence[Touch]
    stays: Sequence[Stay]
    sales: Sequence[Bought]


@dataclass(frozen=True, slots=True)
class Journey:
    """From the first touch to a visit to a sale, as far as it went."""

    first: Touch
    touches: int
    came: Stay | None
    bought: Bought | None


@dataclass(frozen=True, slots=True)
class Credit:
    """A visit or a sale that followed touches."""

    of: Stay | Bought
    first: Touch
    last: Touch


def tags_of(link: str) -> Tags:
    """What a link's query says of where it was shown."""
    said, shown = tracked_links.query(link), tracked_links.shown(link)
    click = next((said[name] for name in CLICKS if said.get(name)), "")
    return Tags(shown.campaign, shown.origin, shown.medium, click.strip()[:TAG_MAX])


def tagged(link: str, tags: Tags) -> str:
    """A link that carries these tags, whatever it carried before."""
    parts = urlsplit(link)
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    wanted = {"campaign": tags.campaign, "source": tags.origin, "medium": tags.medium}
    said |= {f"utm_{name}": word for name, word in wanted.items() if word}
    return urlunsplit(parts._replace(query=urlencode(said)))


def journeys(story: Story, windows: Windows) -> Iterator[Journey]:
    """A member's journeys, first to last.

    One goes on while the next touch comes within the window of the one before and nothing was
    bought yet. Each visit and each sale is of one journey at most.
    """
    group: list[Touch] = []
    for touch in story.touches:
        if touch.key not in ONLINE:
            continue  # they are here already
        if group:
            so_far = _journey(story, group, touch.at_ms, windows)
            is_over = touch.at_ms - group[-1].at_ms > windows.visit_ms
            if is_over or so_far.bought is not None:
                yield so_far
                group = []
        group.append(touch)
    if group:
        yield _journey(story, group, None, windows)


def credits_of(story: Story, windows: Windows) -> Iterator[Credit]:
    """Every visit and every sale with a touch in its window."""
    for stay in story.stays:
        # What was used or held up while they were here had brought them.
        used = [
            Touch(stay.first_ms, one.key, one.campaign)
            for one in story.touches
            if one.key in HERE and stay.first_ms < one.at_ms <= stay.last_ms + AT_TILL_MS
        ]
        before = _before(story.touches, stay.first_ms, windows.visit_ms)
        if mine := [*before, *used]:
            yield Credit(stay, mine[0], mine[-1])
    for sale in story.sales:
        if mine := _before(story.touches, sale.at_ms, windows.sale_ms):
            yield Credit(sale, mine[0], mine[-1])


def _before(touches: Sequence[Touch], at_ms: int, window_ms: int) -> list[Touch]:
    until = bisect_right(touches, at_ms, key=lambda one: one.at_ms)
    since = bisect_right(touches, at_ms - window_ms - 1, key=lambda one: one.at_ms)
    return list(touches[since:until])


def _journey(
    story: Story, group: Sequence[Touch], until_ms: int | None, windows: Windows
) -> Journey:
    """What came of some touches before the next journey begins."""
    first, last = group[0], group[-1]
    over_ms = last.at_ms + windows.visit_ms
    came = next(
        (
            one
            for one in story.stays
            if first.at_ms <= one.first_ms <= over_ms
            and (until_ms is None or one.first_ms < until_ms)
        ),
        None,
    )
    bought = None
    if came is not None:
        bought = next(
            (
                one
                for one in story.sales
                if came.first_ms <= one.at_ms <= came.first_ms + windows.sale_ms
                and (until_ms is None or one.at_ms < until_ms)
            ),
            None,
        )
    return Journey(first, len(group), came, bought)
