"""Whether the parts of a store plan fit each other, also while some of them are wrong themselves.

Looks at the tables as they were read: one mistake must not hide another. What a table may hold,
and within which bounds, says plan.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from firmware_config.toml_lines import Path

USER_MAX = 63  # letters of kiosk@store, which a certificate has to hold (docs/broker.md)
PINS = ("light", "buzzer", "motion", "call", "tamper")
DOOR_PINS = ("lock", "contact", "exit", "beam")
CLOCK_PINS = (2, 3)  # of a DS3231; a Raspberry Pi 5 has a clock of its own
CAMERA_KEYS = {
    "picamera2": ("camera", "focus_m", "fps"),
    "webcam": ("device", "fps"),
    "none": (),
}
FORMAT_KEYS = {
    "ibeacon": ("uuid", "major", "minor"),
    "eddystone-uid": ("namespace", "instance"),
    "eddystone-eid": ("exponent",),
}
OWN_FORMATS = ("ibeacon", "eddystone-uid")  # what BlueZ can be told to advertise without a clock

MINEW = re.compile("[0-9A-F]{12}")

CLOSE = 0.5  # of 1, as difflib compares: a word of eight letters with three wrong ones

Mistake = tuple[Path, str]
Tables = Mapping[str, Any]


def mistakes(tables: Tables) -> Iterator[Mistake]:
    """Everything that does not fit, each with the path of what is wrong."""
    for check in CHECKS:
        yield from check(tables)


def nearest(word: str, known: Collection[str], what: str) -> str:
    """In brackets: which of these was meant, or else which there are."""
    found = get_close_matches(word, sorted(known), n=1, cutoff=CLOSE)
    if found:
        return f" (did you mean {found[0]}?)"
    if not known:
        return f" (there is no {what})"
    some = ", ".join(sorted(known)[:12])
    return f" ({what}s are {some})" if what else f" (there are {some})"


def _rows(tables: Tables, name: str) -> Iterator[tuple[Path, Tables]]:
    rows = tables.get(name)
    for place, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield (name, place), row


def _table(row: Tables, name: str) -> Tables:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _ids(tables: Tables, *names: str) -> set[str]:
    found = {row.get("id") for name in names for _, row in _rows(tables, name)}
    return {one for one in found if isinstance(one, str)}


def _meant(said: object, known: Collection[str]) -> str | None:
    """What a reference leads to, also while it is misspelt."""
    words = get_close_matches(str(said), sorted(known), n=1, cutoff=CLOSE)
    return words[0] if words else None


def _unique(tables: Tables) -> Iterator[Mistake]:
    """Kiosks and zones share one list: each kiosk is a zone. So do beacons and tags."""
    gateway = _table(tables, "gateway").get("id", "gateway")
    for names, taken in (
        (("kiosks", "zones"), {gateway: "the gateway"}),
        (("doors",), {}),
        (("beacons", "tags"), {}),
    ):
        seen: dict[object, str] = dict(taken)
        for name in names:
            for path, row in _rows(tables, name):
                one = row.get("id")
                if not isinstance(one, str):
                    continue
                if one in seen:
                    yield (*path, "id"), f"id {one!r} is taken by {seen[one]}"
                seen.setdefault(one, f"[[{name}]] #{int(path[1]) + 1}")
    seen_receivers: set[object] = set()
    for path, row in _rows(tables, "receivers"):
        one = (row.get("kind"), str(row.get("id")))
        if one in seen_receivers:
            yield (*path, "id"), f"{one[0]} {one[1]!r} is there twice"
        seen_receivers.add(one)


def _references(tables: Tables) -> Iterator[Mistake]:
    kiosks = _ids(tables, "kiosks")
    zones = kiosks | _ids(tables, "zones")
    beacons = _ids(tables, "beacons")
    for name, key, known, what in (
        ("doors", "kiosk", kiosks, "kiosk"),
        ("receivers", "kiosk", kiosks, "kiosk"),
        ("receivers", "zone", zones, "zone"),
        ("beacons", "zone", zones, "zone"),
        ("kiosks", "beacon", beacons, "beacon"),
    ):
        for path, row in _rows(tables, name):
            said = row.get(key)
            if isinstance(said, str) and said not in known:
                yield (*path, key), f"{key} {said!r} is none{nearest(said, known, what)}"


def _doors(tables: Tables) -> Iterator[Mistake]:
    seen: set[str] = set()
    for path, row in _rows(tables, "doors"):
        kiosk = row.get("kiosk")
        if isinstance(kiosk, str):
            if kiosk in seen:
                yield (*path, "kiosk"), f"kiosk {kiosk!r} has a door already: one each"
            seen.add(kiosk)


def _pins(tables: Tables) -> Iterator[Mistake]:
    """Each pin once on each Raspberry Pi, whoever uses it."""
    kiosks = _ids(tables, "kiosks")
    for path, kiosk in _rows(tables, "kiosks"):
        has_clock = kiosk.get("has_battery_clock") is True and kiosk.get("board") != "pi5"
        used = dict.fromkeys(CLOCK_PINS if has_clock else (), "the battery clock")
        wires: list[tuple[Path, Tables, tuple[str, ...]]] = [
            ((*path, "pins"), _table(kiosk, "pins"), PINS)
        ]
        for at, door in _rows(tables, "doors"):
            if _meant(door.get("kiosk"), kiosks) == kiosk.get("id"):
                wires.append((at, door, DOOR_PINS))
        for at, row, names in wires:
            for name in names:
                pin = row.get(name)
                if not isinstance(pin, int):
                    continue
                if pin in used:
                    yield (*at, name), f"{name} is on GPIO{pin}, which {used[pin]} uses"
                used.setdefault(pin, name)
        pins = _table(kiosk, "pins")
        if ("light" in pins) != ("buzzer" in pins):
            there, missing = ("light", "buzzer") if "light" in pins else ("buzzer", "light")
            yield (*path, "pins", there), f"{there} has no {missing}: a panel has both or neither"


def _cameras(tables: Tables) -> Iterator[Mistake]:
    for path, kiosk in _rows(tables, "kiosks"):
        camera = _table(kiosk, "camera")
        driver = camera.get("driver")
        if driver in CAMERA_KEYS:
            allowed = CAMERA_KEYS[driver]
            for key in camera.keys() & {"camera", "focus_m", "device", "fps"} - {*allowed}:
                where = (*path, "camera", key)
                yield where, f"{key} is nothing to {driver}{nearest(key, allowed, 'option')}"
        devices = set()
        rows = kiosk.get("scanners")
        for place, row in enumerate(rows if isinstance(rows, list) else ()):
            device = row.get("device") if isinstance(row, dict) else None
            if device in devices:
                yield (*path, "scanners", place), f"scanner {device} is there twice"
            devices.add(device)


def _advertisers(tables: Tables) -> Iterator[Mistake]:
    seen: dict[tuple[object, ...], str] = {}
    for name in ("beacons", "tags"):
        for path, row in _rows(tables, name):
            kind = row.get("format")
            if kind not in FORMAT_KEYS:
                continue
            needs = FORMAT_KEYS[kind]
            for key in needs:
                if key not in row:
                    yield (*path, "format"), f"{key} is missing: {kind} has {' and '.join(needs)}"
            others = {key for keys in FORMAT_KEYS.values() for key in keys} - {*needs}
            for key in sorted(others & row.keys()):
                yield (*path, key), f"{key} is nothing to {kind}{nearest(key, needs, 'key')}"
            said = (kind, *(row.get(key) for key in needs))
            if kind != "eddystone-eid" and None not in said:
                if said in seen:
                    yield path, f"advertises the same as {seen[said]}"
                seen.setdefault(said, str(row.get("id")))


def _own_beacons(tables: Tables) -> Iterator[Mistake]:
    formats = {row.get("id"): row.get("format") for _, row in _rows(tables, "beacons")}
    for path, kiosk in _rows(tables, "kiosks"):
        kind = formats.get(kiosk.get("beacon")) if isinstance(kiosk.get("beacon"), str) else None
        if kind is not None and kind not in OWN_FORMATS:
            detail = f"a kiosk advertises {' or '.join(OWN_FORMATS)}, not {kind}"
            yield (*path, "beacon"), f"beacon {kiosk['beacon']!r}: {detail}"


def _boards(tables: Tables) -> Iterator[Mistake]:
    receivers = [*_rows(tables, "receivers")]
    if receivers and not isinstance(tables.get("boards"), dict):
        problem = "[boards] is missing: receivers have no certificates, and need their own broker"
        yield receivers[0][0], problem
    for path, row in receivers:
        name = row.get("id")
        is_minew = row.get("kind") == "minew" and isinstance(name, str)
        if is_minew and not MINEW.fullmatch(str(name)):
            yield (*path, "id"), f"id {name!r} must be a Minew's address: 12 of 0-9, A-F"


def _store(tables: Tables) -> Iterator[Mistake]:
    store = _table(tables, "store")
    zone = store.get("timezone")
    known = available_timezones()
    if isinstance(zone, str) and zone not in known:
        near = get_close_matches(zone, known, n=1, cutoff=0.0)[0]
        yield ("store", "timezone"), f"timezone {zone!r} is none (did you mean {near}?)"
    for path, kiosk in _rows(tables, "kiosks"):
        user = f"{kiosk.get('id')}@{store.get('id')}"
        if len(user) > USER_MAX:
            yield (*path, "id"), f"{user} is longer than the {USER_MAX} letters of a certificate"


Check = Callable[[Tables], Iterator[Mistake]]
CHECKS: tuple[Check, ...] = (
    _store,
    _unique,
    _references,
    _doors,
    _pins,
    _cameras,
    _advertisers,
    _own_beacons,
    _boards,
)
