"""What a link's query says of where it was shown: the tags that advertisers' systems agree on.

`utm_campaign`, `utm_source` and `utm_medium`, as `hien gateway link` writes them. It says nothing
of who holds it, and is no proof of anything: whoever prints a code can print any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

TAG_MAX = 80  # letters of a campaign's name
LONGEST = 2_000  # characters; a QR code holds no more that a camera reads

_CONTROL = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a link was shown; what is empty is not said."""

    campaign: str
    origin: str  # utm_source: facebook, zalo, leaflet
    medium: str  # cpc, post, poster


def query(link: str) -> Mapping[str, str]:
    """A link's parameters; of none that reads as a link, none."""
    try:
        return dict(parse_qsl(urlsplit(link).query))
    except ValueError:  # not even brackets match
        return {}


def host(text: str) -> str:
    """Whose link a text is, in lower case; empty if it is none."""
    if len(text) > LONGEST:
        return ""
    try:
        parts = urlsplit(text)
        return (parts.hostname or "") if parts.scheme in {"https", "http"} else ""
    except ValueError:
        return ""


def shown(link: str) -> Shown:
    """The three tags, without blanks around them or signs that nobody can see."""
    said = query(link)
    words = (said.get(f"utm_{name}", "") for name in ("campaign", "source", "medium"))
    return Shown(*(_CONTROL.sub("", word).strip()[:TAG_MAX] for word in words))
