"""The stage page: the floor plan of the simulated shop, and a person's hand in it.

Part of the demo, not of the product: whoever opens it sees everybody and may do anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Annotated, TypeVar, cast

import msgspec
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import HTTPException

from runtime.errors import UnavailableError
from simulator import components, floor
from simulator.codes import Code
from simulator.director import Autopilot, Command, Enter, HoldUp, LetGo, Pull, PutDown, Skip, Walk
from simulator.floor import KIOSKS, STANDS, Spot
from simulator.living import Snapshot
from simulator.premises import DOOR_KIOSK
from simulator.seed import kiosk_name
from simulator.shop import STAFF, STORE_NAME, Member, Shop
from simulator.stage_words import WORDS
from web_ui.shared.site import site

THREADS = 8
GUESTS = 12  # members offered on the page; with everybody nobody would be found
ID_PATTERN = "^[0-9a-z-]{1,32}$"

bp = Blueprint("stage", __name__, static_folder="static", static_url_path="/stage/static")

ShopperId = Annotated[str, msgspec.Meta(pattern=ID_PATTERN)]
M = TypeVar("M", bound=msgspec.Struct)


class EnterMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A guest comes in; without a member it is a stranger."""

    member: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{12})?$")] = ""


class WalkMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Go to a kiosk, or to a point of the floor."""

    shopper: ShopperId
    kiosk: str = ""
    x_m: float = 0.0
    y_m: float = 0.0
    at_once: bool = False


class HoldMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Hold a code to a kiosk's camera."""

    shopper: ShopperId
    kiosk: str
    code: Code = Code.PASS


class LowerMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Lower the phone that is before a kiosk."""

    kiosk: str


class PullMessage(msgspec.Struct, forbid_unknown_fields=True):
    """How a door's wires are."""

    contact: bool = False
    handle: bool = False
    beam: bool = False


class LetGoMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Let somebody do what they want; guests leave."""

    shopper: ShopperId


class SkipMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Let time pass quickly."""

    seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 60.0


class AutopilotMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Whether shoppers come by themselves."""

    on: bool


@dataclass(frozen=True)
class Hands:
    """What the routes need."""

    shop: Shop
    snapshot: Callable[[], Snapshot]
    put: Callable[[Command], None]
    addresses: Mapping[str, str]  # of the other interfaces
    new_link: Callable[[str], str]  # by which a real phone becomes a member's
    numbers: count[int]


def create_app(
    shop: Shop,
    snapshot: Callable[[], Snapshot],
    put: Callable[[Command], None],
    addresses: Mapping[str, str],
    new_link: Callable[[str], str],
) -> Flask:
    """The application. `put` is the living shop's inbox, `snapshot` its newest picture."""
    app = site(())
    ours = FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_env.loader = ChoiceLoader([ours, cast(FileSystemLoader, app.jinja_env.loader)])
    app.extensions["stage"] = Hands(shop, snapshot, put, addresses, new_link, count(1))
    app.config["MAX_CONTENT_LENGTH"] = 1024
    app.before_request(_only_this_page)
    app.register_error_handler(HTTPException, _in_words)
    app.register_blueprint(bp)
    app.register_blueprint(components.bp)
    return app


def hands() -> Hands:
    """The Hands of this application."""
    return cast(Hands, current_app.extensions["stage"])


@bp.get("/")
def index() -> str:
    """The page, in the language asked for."""
    language = "en" if request.args.get("lang") == "en" else "vi"
    return render_template(
        "stage.html",
        language=language,
        w=WORDS[language],
        floor=floor,
        kiosks=[(stand, kiosk_name(stand.kiosk)) for stand in KIOSKS],
        codes=list(Code),
        guests=[_described(member, hands().shop) for member in guests(hands().shop)],
        staff=STAFF,
        store_name=STORE_NAME,
        addresses=hands().addresses,
    )


@bp.get("/stage/people")
def people() -> Response:
    """Everybody and every screen at this moment."""
    return Response(msgspec.json.encode(hands().snapshot()), mimetype="application/json")


@bp.get("/stage/members")
def members() -> list[dict[str, object]]:
    """The members who can be brought in, with what is known of them."""
    return [_described(member, hands().shop) for member in hands().shop.members]


@bp.get("/stage/phone")
def phone() -> ResponseReturnValue:
    """Send a browser where it becomes a member's card; each call makes a link for one phone."""
    member = request.args.get("member", "") or guests(hands().shop)[0].member
    try:
        return redirect(hands().new_link(member), HTTPStatus.SEE_OTHER)
    except UnavailableError as error:
        abort(HTTPStatus.SERVICE_UNAVAILABLE, str(error))


@bp.post("/stage/enter")
def enter() -> ResponseReturnValue:
    """Bring a guest in; answers with the guest's id."""
    message = _message(EnterMessage)
    known = {member.member for member in hands().shop.members}
    if message.member and message.member not in known:
        abort(HTTPStatus.NOT_FOUND, f"there is no member {message.member}")
    shopper = f"ban-{next(hands().numbers)}"
    hands().put(Enter(shopper, message.member))
    return {"shopper": shopper}, HTTPStatus.ACCEPTED


@bp.post("/stage/walk")
def walk() -> ResponseReturnValue:
    """Lead or carry somebody."""
    message = _message(WalkMessage)
    spot = STANDS[_kiosk(message.kiosk)].front if message.kiosk else Spot(message.x_m, message.y_m)
    return _told(Walk(message.shopper, spot, message.at_once))


@bp.post("/stage/hold")
def hold() -> ResponseReturnValue:
    """Hold a phone to a camera."""
    message = _message(HoldMessage)
    return _told(HoldUp(message.shopper, _camera(message.kiosk), message.code))


@bp.post("/stage/lower")
def lower() -> ResponseReturnValue:
    """Lower a phone."""
    return _told(PutDown(_camera(_message(LowerMessage).kiosk)))


@bp.post("/stage/pull")
def pull() -> ResponseReturnValue:
    """Open the door, push its handle, stand in it."""
    if DOOR_KIOSK not in hands().addresses:
        abort(HTTPStatus.NOT_FOUND, "this shop has no door that opens by pass: hien demo --door")
    message = _message(PullMessage)
    return _told(Pull(message.contact, message.handle, message.beam))


@bp.post("/stage/let-go")
def let_go() -> ResponseReturnValue:
    """Let somebody go."""
    return _told(LetGo(_message(LetGoMessage).shopper))


@bp.post("/stage/skip")
def skip() -> ResponseReturnValue:
    """Skip time."""
    return _told(Skip(_message(SkipMessage).seconds))


@bp.post("/stage/autopilot")
def autopilot() -> ResponseReturnValue:
    """Pause or go on."""
    return _told(Autopilot(_message(AutopilotMessage).on))


def guests(shop: Shop) -> list[Member]:
    """The members worth meeting: every mixture of tag, pass, consents and order, once or twice."""
    met: dict[tuple[object, ...], int] = {}
    chosen = []
    for member in shop.members:
        kind = (
            member.tag is None,
            member.has_pass,
            member.consents,
            bool(shop.orders_of(member.member)),
        )
        met[kind] = met.get(kind, 0) + 1
        if met[kind] == 1:
            chosen.append(member)
    chosen.sort(key=lambda member: -len(member.consents))
    return chosen[:GUESTS]


def _described(member: Member, shop: Shop) -> dict[str, object]:
    return {
        "member": member.member,
        "name": member.name,
        "tier": member.tier,
        "has_tag": member.tag is not None,
        "tag": member.tag.identity.partition(":")[0] if member.tag else "",
        "has_pass": member.has_pass,
        "consents": list(member.consents),
        "orders": [order.number for order in shop.orders_of(member.member)],
    }


def _told(command: Command) -> ResponseReturnValue:
    hands().put(command)
    return "", HTTPStatus.NO_CONTENT


def _kiosk(kiosk: str) -> str:
    if kiosk not in STANDS:
        abort(HTTPStatus.NOT_FOUND, f"there is no kiosk {kiosk}")
    return kiosk


def _camera(kiosk: str) -> str:
    return kiosk if kiosk == DOOR_KIOSK and kiosk in hands().addresses else _kiosk(kiosk)


def _message(kind: type[M]) -> M:
    if request.mimetype != "application/json":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except msgspec.DecodeError as error:
        abort(HTTPStatus.BAD_REQUEST, str(error))


def _only_this_page() -> None:
    """A page from elsewhere in the same browser must not move people about."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        abort(HTTPStatus.FORBIDDEN, f"{origin} may not direct this stage")


def _in_words(error: HTTPException) -> ResponseReturnValue:
    return {"error": error.description}, error.code or HTTPStatus.INTERNAL_SERVER_ERROR
