"""Ask offers before and after they run, and bring codes: the commands under `hien offers`."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from gateway import hindsight
from gateway.core import vouchers as codes
from gateway.core.offers.explanations import Explanation
from gateway.core.offers.simulation import Outcome, as_if_running, simulate
from gateway.core.shop_days import day_of, span
from gateway.core.vouchers import Voucher, VoucherKind
from gateway.settings import GatewaySettings
from gateway.store import base, experiments, offers, profiles, vouchers
from gateway.store.offers import OfferRow
from gateway.store.stores import StoreRow
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError
from runtime.settings import load

DAYS = 30  # a month of visits says how a week and a weekend differ
CODE_MAX = 40  # letters; the longest that is typed without a mistake is far shorter

app = typer.Typer(no_args_is_help=True)

SettingsFile = Annotated[Path, typer.Option("--settings", help="The gateway's TOML file.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, also on a terminal.")]
Store = Annotated[str | None, typer.Option(help="Only this store.")]
DEFAULT = Path("gateway.toml")


@app.callback()
def about() -> None:
    """Offers: what one would have cost, why somebody gets it or not, and codes."""


@app.command("simulate")
def simulate_(
    offer: str,
    settings: SettingsFile = DEFAULT,
    *,
    days: Annotated[int, typer.Option(min=1, max=3_660, help="So many, today included.")] = DAYS,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Play an offer over recorded visits, as if it ran on all those days and all took it.

    Members' consents, tiers and points are today's; what was ordered then is not known.
    """
    last = day_of(unix_ms(SystemClock().utc()))
    first = last - timedelta(days=days - 1)
    span_ms = range(span(first).from_ms, span(last).until_ms)
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.readers(engine)() as db,
    ):
        rules, chosen = as_if_running(offers.every(db), offer, experiments.key(db))
        if chosen is None:
            raise SettingsError(f"there is no offer {offer!r}")
        with Progress(disable=not sys.stderr.isatty(), transient=True) as progress:
            task = progress.add_task("visits", total=offers.count_asked(db, span_ms, store))
            past = hindsight.occasions(db, rules, span_ms, store)
            outcome = simulate(rules, chosen, past, lambda: progress.advance(task))
    if as_json or not sys.stdout.isatty():
        print(json.dumps(_told(offer, first, last, outcome), ensure_ascii=False))
    else:
        _say(offer, first, last, outcome)


@app.command()
def explain(
    settings: SettingsFile = DEFAULT,
    *,
    member: Annotated[str, typer.Option(help="12 hex digits, as in passes.")],
    store: Annotated[str, typer.Option(help="Where they stand.")],
    offer: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    as_json: Json = False,
) -> None:
    """Why a member gets an offer at a store's kiosk now, or why not, question by question."""
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.readers(engine)() as db,
    ):
        if member not in profiles.by_member(db, [member]):
            raise SettingsError(f"there is no member {member!r}")
        if db.get(StoreRow, store) is None:
            raise SettingsError(f"there is no store {store!r}")
        now_ms = unix_ms(SystemClock().utc())
        told = hindsight.why(db, offers.rules(db), (store, member), now_ms)
    wanted = [one for one in told if offer is None or _name(one) == offer]
    if offer is not None and not wanted:
        raise SettingsError(f"there is no offer {offer!r}")
    for one in wanted:
        if as_json or not sys.stdout.isatty():
            print(json.dumps(_explained(one), ensure_ascii=False))
        else:
            _say_why(one)


@app.command("add-codes")
def add_codes(
    offer: str,
    settings: SettingsFile = DEFAULT,
    *,
    code: Annotated[list[str] | None, typer.Option(help="A word for everybody: TET2027.")] = None,
    file: Annotated[Path | None, typer.Option(help="One code a line.")] = None,
    uses: Annotated[int, typer.Option(min=1, help="How often each is good.")] = 1,
) -> None:
    """Bring codes that somebody else chose or drew. What is known already is refused by name."""
    lines = [*(code or ()), *(_lines(file) if file is not None else ())]
    wanted = dict.fromkeys(codes.typed(line) for line in lines if line.strip())
    wrong = [word for word in wanted if not 0 < len(word) <= CODE_MAX]
    if not wanted or wrong:
        problem = f"{wrong[0]!r} is not 1 to {CODE_MAX} letters and digits" if wrong else "no codes"
        raise SettingsError(f"{problem}; give --code or --file")
    kind = VoucherKind.GENERIC if uses > 1 else VoucherKind.POOL
    with (
        base.opened(load(GatewaySettings, settings).database) as engine,
        base.writers(engine).begin() as db,
    ):
        if db.get(OfferRow, offer) is None:
            raise SettingsError(f"there is no offer {offer!r}")
        known = [word for word in wanted if vouchers.get(db, word) is not None]
        if known:
            raise SettingsError(f"{known[0]} and {len(known) - 1} more are codes already")
        made = [Voucher(word, offer, kind, max_uses=uses) for word in wanted]
        vouchers.add(db, made)
    print(f"{len(made)} codes added")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read ({error})") from error


def _told(offer: str, first: date, last: date, outcome: Outcome) -> dict[str, object]:
    return {
        "offer": offer,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "occasions": outcome.occasions,
        "granted": outcome.granted,
        "members": len(outcome.members),
        "cost_vnd": outcome.cost_vnd,
        "spent_up_at": outcome.spent_up_at.isoformat() if outcome.spent_up_at else None,
        "refused": {str(reason): count for reason, count in outcome.refused.most_common()},
        "examples": [
            {"at": one.situation.at.isoformat(), "visit": one.visit, **_explained(story)}
            for one, story in outcome.examples
        ],
    }


def _say(offer: str, first: date, last: date, outcome: Outcome) -> None:
    print(f"{offer}, {first} to {last}: {outcome.occasions} times somebody could have got it")
    print(f"given {outcome.granted} times to {len(outcome.members)} members", end=", ")
    print(f"at a cost of {outcome.cost_vnd:,} ₫")
    if outcome.spent_up_at is not None:
        print(f"all given out, or the budget spent, on {outcome.spent_up_at:%Y-%m-%d %H:%M}")
    for reason, count in outcome.refused.most_common():
        print(f"{count:>8}  {reason}")


def _explained(one: Explanation) -> dict[str, object]:
    return {
        "offer": _name(one),
        "reason": str(one.decision.reason),
        "vi": one.sentence.vi,
        "en": one.sentence.en,
        "lines": [
            {"met": line.is_met, "depth": line.depth, "vi": line.text.vi, "en": line.text.en}
            for line in one.lines
        ],
    }


def _say_why(one: Explanation) -> None:
    print(f"{_name(one) or '-'}: {one.decision.reason}\n  {one.sentence.vi}\n  {one.sentence.en}")
    for line in one.lines:
        sign = "+" if line.is_met else "-"
        print(f"  {'  ' * line.depth}{sign} {line.text.vi} / {line.text.en}")


def _name(one: Explanation) -> str:
    return one.decision.offer.content.id if one.decision.offer is not None else ""
