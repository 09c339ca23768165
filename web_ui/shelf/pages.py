"""The page behind the code at a shelf: one product, for anybody, read without a script.

It knows nobody, sets no cookie and keeps nothing of who reads it; only how often a code was read
is counted. What it does beyond that, it does when somebody touches a button.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live, Noun, ShownOffer
from contract.product_codes import PATH
from contract.products import price
from gateway.core.attribution import Tags, tags_of
from gateway.core.offers.facts import Value
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Situation, evaluate
from gateway.core.pace import Pace
from gateway.core.shop_days import day_of
from gateway.core.visits import Place
from gateway.store import alerts, offers, products, redemptions, shelf_scans
from gateway.store.base import writing
from gateway.store.products import Standing
from gateway.store.redemptions import Holder
from gateway.store.shelf_scans import Read
from gateway.store.stores import StoreRow
from runtime.chore import Chore
from web_ui.phone.pages import PAGES
from web_ui.shared import i18n
from web_ui.shared.i18n import LANGUAGES, at

bp = Blueprint("shelf", __name__, url_prefix=f"/{PATH}")
files = Blueprint("shelf_files", __name__, static_folder="static", static_url_path="/shelf")

READ_FOR_S = 60  # a phone may show again what it has; a promotion ends no later than that
WRITE_EVERY_S = 20.0  # counts wait so long for the disk: a stranger costs no write
OTHERS, OFFERS = 3, 3  # what a phone shows without being scrolled for long
FORM_S = 3_600  # how long a form is good; a page that lay in a pocket is loaded anew
# A busy shelf has a reader in some seconds; all beyond that are programs.
READS = (60, 1.0)  # at once, and a second for ever
CALLS = (5, 1 / 60)  # of one store; one open card for each shelf bounds it, too


@dataclass
class Shelves:
    """What the pages were given, and what they have counted and not yet written."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    publish: Callable[[str, Live], None]
    reads: Pace = field(default_factory=lambda: Pace(*READS))
    calls: Pace = field(default_factory=lambda: Pace(*CALLS))
    counted: Counter[Read] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)  # around the three

    def wait_s(self, pace: Pace, asker: str) -> float:
        """How long somebody has to wait; 0 if they may go on."""
        with self.lock:
            return pace.wait_s(asker, self.now_ms() / 1000)

    def add(self, read: Read) -> None:
        """A code was read."""
        with self.lock:
            self.counted[read] += 1

    def write(self) -> None:
        """Write down what was counted since the last time."""
        with self.lock:
            counted, self.counted = self.counted, Counter()
        if counted:
            with writing(self.sessions) as db:
                for read, times in counted.items():
                    shelf_scans.count(db, read, times=times)


def install(app: Flask, shelves: Shelves) -> None:
    """Give an application these pages."""
    app.extensions["shelves"] = shelves
    app.register_blueprint(bp)
    app.register_blueprint(files)


def keep_counting(
    app: Flask, careful: Callable[[Callable[[], None]], Callable[[], None]], stack: ExitStack
) -> None:
    """Write counts down again and again, and a last time at the end."""
    write = careful(_of(app).write)
    chore = Chore("shelves", write, WRITE_EVERY_S)
    chore.start()
    stack.callback(write)
    stack.callback(chore.stop)


@bp.get("/<store>/<shelf>/<product>")
def page(store: str, shelf: str, product: str) -> ResponseReturnValue:
    """A product as this store has it; 404 if nobody here knows it."""
    given = _given()
    _speak()
    with given.sessions() as db:
        here, standing = _found(db, store, product)
        if wait_s := given.wait_s(given.reads, f"{store} {standing.row.product}"):
            return _too_often(wait_s)
        where = products.shelf_known(db, store, shelf) or standing.product.shelf
        given.add(_read(store, where, product))
        drawn = _drawn(db, here, standing, where)
    answer = Response(drawn, mimetype="text/html")
    answer.headers["Cache-Control"] = f"private, max-age={READ_FOR_S}"
    answer.headers["Vary"] = "Accept-Language"
    return answer


@bp.post("/<store>/<shelf>/<product>/call")
def call(store: str, shelf: str, product: str) -> ResponseReturnValue:
    """Somebody at the shelf asks for a person: one card, however often it is touched."""
    given = _given()
    if not _is_ours(request.form.get("form", ""), store, product):
        abort(HTTPStatus.BAD_REQUEST)
    _speak()
    with writing(given.sessions) as db:
        here, standing = _found(db, store, product)
        where = products.shelf_known(db, store, shelf) or standing.product.shelf
        if wait_s := given.wait_s(given.calls, store):
            return _too_often(wait_s)
        card = alerts.call_to(db, Place(store, "", given.now_ms()), where, product)
        if card is not None:
            shelf_scans.count(db, _read(store, where, product), calls=1)
        drawn = _drawn(db, here, standing, where, is_called=True)
    if card is not None:
        given.publish(store, Live(Noun.ALERT, str(card.alert)))
    return drawn


@bp.get("/<store>/<product>.picture")
def picture(store: str, product: str) -> ResponseReturnValue:
    """What a product looks like."""
    with _given().sessions() as db:
        _, standing = _found(db, store, product)
    if not standing.row.picture:
        abort(HTTPStatus.NOT_FOUND)
    answer = Response(standing.row.picture, mimetype=standing.row.picture_type)
    answer.headers["Cache-Control"] = f"public, max-age={FORM_S}"
    return answer


def _found(db: Session, store: str, product: str) -> tuple[StoreRow, Standing]:
    here = db.get(StoreRow, store)
    standing = products.get(db, store, product) if here is not None else None
    if here is None or standing is None:
        abort(HTTPStatus.NOT_FOUND)
    return here, standing


def _drawn(
    db: Session, store: StoreRow, standing: Standing, shelf: str, *, is_called: bool = False
) -> str:
    now_ms = _given().now_ms()
    is_sold = standing.row.is_sold
    beside = () if is_sold else products.beside(db, store.store, standing, OTHERS)
    return render_template(
        "shelf/page.html",
        store=store,
        row=standing.row,
        product=standing.product,
        price=price(standing.product, now_ms),
        said_at_ms=standing.said_at_ms,
        shelf=shelf,
        beside=[(one.product, price(one.product, now_ms)) for one in beside],
        offers=_for_everybody(db, store.store, shelf, now_ms) if is_sold else (),
        is_called=is_called,
        form=_form(store.store, standing.row.product, now_ms // 1000 // FORM_S),
        here=f"/{PATH}/{store.store}",
        other="en" if i18n.spoken().language == "vi" else "vi",
        card_page=PAGES[i18n.spoken().language],
    )


def _for_everybody(db: Session, store: str, shelf: str, now_ms: int) -> Sequence[ShownOffer]:
    """The offers that need nobody's name, and of which some are left."""
    now, rules = at(now_ms), offers.rules(db)
    holder = Holder(store, now.date().isoformat(), None, None)
    used = redemptions.used(db, rules.capped, holder, now_ms) if rules.capped else {}
    facts: dict[str, Value] = {"shelf": shelf} if shelf else {}
    granted = [
        one.offer.content
        for one in evaluate(rules, Situation(now, store, "phone", facts=facts), used)
        if one.offer is not None and one.reason is Reason.GRANTED
    ]
    return granted[:OFFERS]


def _read(store: str, shelf: str, product: str) -> Read:
    said = tags_of(request.url)
    tags = Tags(said.campaign, said.origin, said.medium)  # never the id of somebody's click
    return Read(store, day_of(_given().now_ms()), shelf, product, tags)


def _too_often(wait_s: float) -> ResponseReturnValue:
    words = render_template("shelf/too_often.html", other="en")
    headers = {"Retry-After": str(int(wait_s) + 1)}
    return Response(words, HTTPStatus.TOO_MANY_REQUESTS, headers, mimetype="text/html")


def _form(store: str, product: str, hour: int) -> str:
    """What a form of ours carries instead of a cookie: that its page was loaded here, lately."""
    secret = current_app.secret_key
    key = secret if isinstance(secret, bytes) else str(secret).encode()
    return hmac.new(key, f"shelf {store} {product} {hour}".encode(), "sha256").hexdigest()[:32]


def _is_ours(form: str, store: str, product: str) -> bool:
    hour = _given().now_ms() // 1000 // FORM_S
    good = (_form(store, product, one) for one in (hour, hour - 1))
    return any(hmac.compare_digest(form.encode(), one.encode()) for one in good)


def _speak() -> None:
    """As the page's own button says, else as the phone is set."""
    wanted = request.args.get("language", "")
    is_wanted = wanted in LANGUAGES
    i18n.speak(wanted if is_wanted else request.accept_languages.best_match(LANGUAGES, "vi"))


def _of(app: Flask) -> Shelves:
    return cast(Shelves, app.extensions["shelves"])


def _given() -> Shelves:
    return _of(current_app)
