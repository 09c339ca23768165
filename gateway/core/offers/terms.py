"""Reads an offer's terms from decoded JSON, and names the place of whatever makes no sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from gateway.core.consent import Purpose
from gateway.core.offers.conditions import ALWAYS, All, Condition, TermsError, minutes, read
from gateway.core.offers.model import (
    Caps,
    Effect,
    EffectKind,
    Experiment,
    Goal,
    Hours,
    Mode,
    Stacking,
    Terms,
    Variant,
)

CHANNELS = ("kiosk", "phone", "staff", "unmanned")
MOST = 10**12  # no count and no sum in a shop is larger
DAYS = 36_525  # a hundred years; who means longer means for ever
KEYS = frozenset(
    {"paused", "when", "trigger", "effects", "caps", "stacking"}
    | {"stores", "channels", "hours", "not_on", "consents", "experiment"}
)
WORDED = (EffectKind.MESSAGE, EffectKind.VOUCHER, EffectKind.FREE_ITEM, EffectKind.TASK)
LIVES = ("pending_days", "valid_days")
BOOKED = (EffectKind.POINTS, EffectKind.CASHBACK_VND)  # these go to the ledger, and have a life
PLAIN = (EffectKind.UPGRADE_PICKUP, EffectKind.NOTIFY_STAFF)

HOLDOUT_PCT = 90  # who shows nobody an offer learns nothing
EXPERIMENT = frozenset({"name", "holdout_pct", "other", "goal", "window_days", "enough"})
OTHER_WORDS = frozenset(
    f"{word}_{language}"
    for word in ("kind", "badge", "until", "title", "why")
    for language in ("vi", "en")
)

E = TypeVar("E", bound=StrEnum)

# A trigger is a question about the moment, under a name that owners use.
_TRIGGERS: Mapping[str, Callable[[object], object]] = {
    "moment": lambda word: {"fact": "moment", "is": word},  # enter, check_in, scan, manual
    "dwell_s": lambda seconds: {"fact": "visit.dwell_s", "at_least": seconds},
    "scan": lambda shelf: {"fact": "shelf", "is": shelf},
    "pickup_arrived": lambda count: {"fact": "orders.arrived", "at_least": count},
    "appointment": lambda count: {"fact": "appointments.today", "at_least": count},
    "birthday_within_days": lambda n: {"fact": "profile.birthday_in_days", "at_most": n},
    "nth_visit": lambda number: {"fact": "visits.count", "is": number},
    "winback_days": lambda days: {"fact": "visits.days_since_last", "at_least": days},
}


def read_terms(said: object) -> Terms:
    """The terms; TermsError names the first part that makes no sense."""
    parts = _object(said, "terms", KEYS)
    return Terms(
        is_paused=_flag(parts.get("paused", False), "paused"),
        when=read(parts["when"]) if "when" in parts else ALWAYS,
        trigger=_trigger(parts["trigger"]) if "trigger" in parts else ALWAYS,
        effects=tuple(
            _effect(one, f"effects[{number}]")
            for number, one in enumerate(_list(parts.get("effects", []), "effects"))
        ),
        caps=_caps(parts.get("caps", {})),
        stacking=_stacking(parts.get("stacking", {})),
        stores=_words(parts.get("stores", []), "stores"),
        channels=frozenset(
            _one_of(word, "channels", CHANNELS)
            for word in _words(parts.get("channels", []), "channels")
        ),
        hours=tuple(
            _hours(one, f"hours[{number}]")
            for number, one in enumerate(_list(parts.get("hours", []), "hours"))
        ),
        not_on=frozenset(_day(word) for word in _words(parts.get("not_on", []), "not_on")),
        purposes=frozenset(
            _member(word, "consents", Purpose)
            for word in _words(parts.get("consents", []), "consents")
        ),
        experiment=_experiment(parts["experiment"]) if "experiment" in parts else None,
    )


def _trigger(said: object) -> Condition:
    parts = _object(said, "trigger", frozenset(_TRIGGERS))
    return All(
        tuple(read(_TRIGGERS[word](value), f"trigger.{word}") for word, value in parts.items())
    )


def _effect(said: object, where: str) -> Effect:
    kinds = frozenset(str(kind) for kind in EffectKind)
    parts = _object(said, where, kinds | {"max_vnd", *LIVES})
    named = [word for word in parts if word in kinds]
    if len(named) != 1:
        raise TermsError(
            where, "must have exactly one of %(known)s", known=", ".join(sorted(kinds))
        )
    kind = EffectKind(named[0])
    most = _number(parts["max_vnd"], f"{where}.max_vnd", MOST) if "max_vnd" in parts else None
    value, here = parts[kind], f"{where}.{kind}"
    life = {one: _number(parts[one], f"{where}.{one}", DAYS) for one in LIVES if one in parts}
    if life and kind not in BOOKED:
        raise TermsError(
            where,
            "%(said)s goes with %(known)s only",
            said=", ".join(life),
            known=", ".join(BOOKED),
        )
    if life.get("pending_days", 0) >= life.get("valid_days", DAYS + 1):
        raise TermsError(where, "it would be over before it can be used")
    if kind in WORDED:
        if not (isinstance(value, str) and value):
            raise TermsError(here, "must be words")
        return Effect(kind, word=value, max_vnd=most)
    if kind in PLAIN:
        _flag(value, here)
        return Effect(kind, max_vnd=most)
    return Effect(
        kind,
        _number(value, here, 100 if kind is EffectKind.DISCOUNT_PCT else MOST),
        max_vnd=most,
        pending_days=life.get("pending_days", 0),
        valid_days=life.get("valid_days"),
    )


def _experiment(said: object) -> Experiment:
    where = "experiment"
    parts = _object(said, where, EXPERIMENT)
    name = parts.get("name")
    if not (isinstance(name, str) and 0 < len(name) <= 64):
        raise TermsError(f"{where}.name", "must be a word by which its lots are drawn")
    given = {
        one: _number(parts[one], f"{where}.{one}", most)
        for one, most in (("holdout_pct", HOLDOUT_PCT), ("window_days", 366), ("enough", MOST))
        if one in parts
    }
    if 0 in (given.get("window_days"), given.get("enough")):
        raise TermsError(where, "window_days and enough must be 1 or more")
    other = _variant(parts["other"], f"{where}.other") if "other" in parts else None
    if other is None and not given.get("holdout_pct"):
        raise TermsError(where, "needs holdout_pct or other: else there is nothing to compare")
    goal = _member(parts.get("goal", Goal.RETURNED), f"{where}.goal", Goal)
    if goal is Goal.REDEEMED and given.get("holdout_pct"):
        raise TermsError(f"{where}.goal", "who is held out cannot redeem it: choose another goal")
    return Experiment(name, other=other, goal=goal, **given)


def _variant(said: object, where: str) -> Variant:
    parts = _object(said, where, OTHER_WORDS | {"effects", "price_vnd"})
    words = {name: parts[name] for name in OTHER_WORDS & parts.keys()}
    empty = sorted(name for name, word in words.items() if not (isinstance(word, str) and word))
    if empty or not parts:
        if not empty:
            raise TermsError(where, "must change something")
        raise TermsError(where, "%(said)s must be words", said=empty[0])
    price = (
        _number(parts["price_vnd"], f"{where}.price_vnd", MOST) if "price_vnd" in parts else None
    )
    effects = _list(parts["effects"], f"{where}.effects") if "effects" in parts else None
    return Variant(
        {name: str(word) for name, word in words.items()},
        None
        if effects is None
        else tuple(_effect(one, f"{where}.effects[{n}]") for n, one in enumerate(effects)),
        price,
    )


def _caps(said: object) -> Caps:
    names = frozenset(Caps.__slots__)
    parts = _object(said, "caps", names)
    return Caps(**{name: _number(value, f"caps.{name}", MOST) for name, value in parts.items()})


def _stacking(said: object) -> Stacking:
    parts = _object(
        said, "stacking", frozenset({"group", "mode", "at_most", "exclusive", "excludes"})
    )
    group = parts.get("group", "")
    if not isinstance(group, str):
        raise TermsError("stacking.group", "must be a word")
    at_most = parts.get("at_most")
    return Stacking(
        group,
        _member(parts.get("mode", Mode.STACK), "stacking.mode", Mode),
        None if at_most is None else _number(at_most, "stacking.at_most", MOST),
        _flag(parts.get("exclusive", False), "stacking.exclusive"),
        _words(parts.get("excludes", []), "stacking.excludes"),
    )


def _hours(said: object, where: str) -> Hours:
    parts = _object(said, where, frozenset({"days", "from", "to"}))
    days = _list(parts.get("days", [1, 2, 3, 4, 5, 6, 7]), f"{where}.days")
    numbers = frozenset(_number(day, f"{where}.days", 7) for day in days)
    begin = minutes(str(parts.get("from", "00:00")), f"{where}.from")
    end = minutes(str(parts.get("to", "24:00")), f"{where}.to")
    if begin >= end or not numbers or 0 in numbers:
        raise TermsError(where, "must be some of the days 1 to 7 and from a time to a later one")
    return Hours(numbers, begin, end)


def _object(said: object, where: str, known: frozenset[str]) -> dict[str, object]:
    if not isinstance(said, dict):
        raise TermsError(where, "must be an object")
    strange = sorted(str(word) for word in said if word not in known)
    if strange:
        said_too = {"said": strange[0], "known": ", ".join(sorted(known))}
        raise TermsError(where, "%(said)r is not one of %(known)s", **said_too)
    return said


def _list(said: object, where: str) -> list[object]:
    if not isinstance(said, list):
        raise TermsError(where, "must be a list")
    return said


def _words(said: object, where: str) -> frozenset[str]:
    words = _list(said, where)
    if not all(isinstance(word, str) and word for word in words):
        raise TermsError(where, "must be a list of words")
    return frozenset(map(str, words))


def _flag(said: object, where: str) -> bool:
    if not isinstance(said, bool):
        raise TermsError(where, "must be true or false")
    return said


def _number(said: object, where: str, most: int) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= most:
        raise TermsError(
            where, "%(said)r is not a whole number from 0 to %(most)s", said=said, most=most
        )
    return said


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise TermsError("not_on", "%(said)r is not a day like 2027-02-06", said=word) from None


def _one_of(word: str, where: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise TermsError(
            where, "%(said)r is not one of %(known)s", said=word, known=", ".join(known)
        )
    return word


def _member(word: object, where: str, known: type[E]) -> E:
    return known(_one_of(str(word), where, tuple(str(one) for one in known)))
