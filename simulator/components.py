"""Every part that the pages are made of, in every state, side by side. It changes nothing.

Part of the demo: who draws a new page finds here what there is already.
"""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from kiosk.core.ease import Ease
from web_ui.shared import charts, i18n, qr
from web_ui.shared.site import HOUSE

bp = Blueprint("components", __name__, url_prefix="/components")

SHEETS = {"desk": "desk", "kiosk": "screen"}  # whose look: of staff and owner, of the touchscreen
FILES = ("desk", "screen", "staff", "console")  # whose files such a look is made of
DAYS = ("2", "3", "4", "5", "6", "7", "CN")
VISITS = (120.0, 86.0, None, 143.0, 160.0, 210.0, 0.0)  # with a gap, and a day of nobody


@bp.get("/")
@bp.get("/<look>")
def index(look: str = "desk") -> str:
    """`?lang=en` speaks English; `?ease=large+contrast+reach` as somebody may have set it."""
    if look not in SHEETS:
        abort(404)
    i18n.speak("en" if request.args.get("lang") == "en" else "vi")
    ease = {*request.args.get("ease", "").split()} & {*Ease}
    says = ["?" if value is None else f"{value:.0f}" for value in VISITS]
    return render_template(
        f"components_{look}.html",
        look=look,
        ease=" ".join(sorted(ease)),
        eases=[one for one in Ease if one is not Ease.ALOUD],  # that is heard, not seen
        chart=charts.bars(VISITS, DAYS, says),
        qr=qr.svg,
    )


@bp.get("/files/<part>/<path:name>")
def files(part: str, name: str) -> ResponseReturnValue:
    """A style sheet of another part of the house, and what it draws with."""
    if part not in FILES:
        abort(404)
    return send_from_directory(HOUSE / part / "static", name)
