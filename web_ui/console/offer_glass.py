"""A kiosk's picture of an offer that is being written, drawn with the kiosk's own templates.

It is for a frame of our own page only, and runs no script.
"""

from __future__ import annotations

from types import SimpleNamespace

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from contract.messages import Level, Show, ShownOffer, Text, Tone
from gateway.store.offer_lines import Cells
from web_ui.desk.sign_in import present
from web_ui.shared import i18n
from web_ui.shared.site import in_frame

# Somebody by whom an owner sees how a greeting looks; no member has this name.
SHOPPER = "Minh Châu"
POINTS = 1_250


def picture(name: str, cells: Cells, language: str, *, is_open: bool) -> ResponseReturnValue:
    """The page of offers, or the offer opened; what is not written yet is a dash."""
    i18n.speak(language if language in i18n.LANGUAGES else i18n.LANGUAGES[0])
    offer = _shown(name, cells)
    screen = "offer_detail" if is_open else "offers"
    show = Show("0" * 16, "0" * 36, Level.PERSONAL, name=SHOPPER, points=POINTS, offers=(offer,))
    html = render_template(
        f"screen/{screen}.html",
        name=screen,
        screen=SimpleNamespace(shown=show, offer=offer),
        store_name=present().store_name,
        ease=frozenset(),
        offline=False,
        dimmed=False,
    )
    drawn = Markup(html)  # noqa: S704 (our own template, escaped)
    return in_frame(render_template("console/glass.html", html=drawn, screen=screen))


def _shown(name: str, cells: Cells) -> ShownOffer:
    def text(word: str) -> Text:
        return Text(cells.get(f"{word}_vi") or "–", cells.get(f"{word}_en") or "–")

    def vnd(column: str) -> int | None:
        value = cells.get(column, "")
        return int(value) if value.isascii() and value.isdigit() else None

    tone = cells.get("tone", "")
    return ShownOffer(
        name,
        Tone(tone) if tone in set(Tone) else Tone.JADE,
        kind=text("kind"),
        badge=text("badge"),
        until=text("until"),
        title=text("title"),
        why=text("why"),
        price_vnd=vnd("price_vnd"),
        was_vnd=vnd("was_vnd"),
    )
