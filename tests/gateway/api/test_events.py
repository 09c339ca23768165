"""Who reads the log over the REST API sees every event once, whoever writes meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from contract.events import Arrived, Called, Promised, Scanned, Verdict
from gateway.core.api_keys import Scope
from gateway.core.changes import Ask, PrivacyAsked
from gateway.erasing import Eraser
from gateway.store import base, events, privacy_requests, tombstones
from gateway.store.events import Received
from tests.gateway.api.system import System
from tests.gateway.shop import NGOC, NOON_MS, S1, STORE, Outbox, Shop, pass_of


def _write(shop: Shop, *received: Received) -> None:
    with shop.writers.begin() as db:
        events.append(db, received)


def _page(system: System, **asked: object) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    found = system.said("GET", f"/events?{query}")
    assert found["_"] == 200, found
    return found


def _all(system: System, after: int = 0, **asked: object) -> list[tuple[str, int]]:
    """Kiosk and number of each, read to the end."""
    found: list[tuple[str, int]] = []
    while True:
        page = _page(system, after=after, **asked)
        found += [(one["kiosk"], one["seq"]) for one in page["items"]]
        after = page["next"]
        if page["is_end"]:
            return found


def _says(kiosk: str, times: int) -> list[Received]:
    outbox = Outbox(kiosk)
    return [outbox.says(Called(S1)) for _ in range(times)]


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_page_by_page_every_event_comes_once_in_the_order_it_came(shop: Shop, limit: int) -> None:
    one, two = _says("quay-1", 3), _says("quay-2", 2)
    for received in (one[0], two[0], one[1], one[2], two[1]):
        _write(shop, received)
    system = System(shop)
    wanted = [("quay-1", 1), ("quay-2", 1), ("quay-1", 2), ("quay-1", 3), ("quay-2", 2)]
    assert _all(system, limit=limit) == wanted
    assert _all(system, limit=limit, kind="called", store=STORE) == wanted
    assert _all(system, limit=limit, kind="arrived") == _all(system, store="hue-9") == []


def test_who_has_read_all_is_told_so_and_reads_on_from_there(shop: Shop) -> None:
    one = _says("quay-1", 2)
    system = System(shop)
    nothing = _page(system)
    assert (nothing["items"], nothing["is_end"]) == ([], True)
    _write(shop, one[0])
    first = _page(system, after=nothing["next"])
    _write(shop, one[1])
    second = _page(system, after=first["next"])
    assert [page["items"][0]["seq"] for page in (first, second)] == [1, 2]


def test_an_event_says_what_its_kiosk_sent_but_no_pass_and_no_code(shop: Shop) -> None:
    outbox, shown = Outbox(), pass_of(NGOC)
    _write(
        shop,
        outbox.says(Arrived(f"t-{NGOC}", "quay-1", -60)),
        outbox.says(Scanned(S1, Verdict.GOOD, shown)),
        outbox.says(Promised(S1, "tea", "23456789ACEF")),
    )
    system = System(shop)
    came, scanned, promised = _page(system)["items"]
    assert (came["body"]["tag"], came["body"]["zone"]) == (f"t-{NGOC}", "quay-1")
    assert scanned["body"] == {"session": S1, "verdict": "good"}
    assert promised["body"] == {"session": S1, "offer": "tea"}
    assert (scanned["kind"], scanned["at_ms"], scanned["epoch"]) == (
        "scanned",
        NOON_MS,
        outbox.epoch,
    )
    assert shown not in str(_page(system))


def test_nothing_of_the_erased_is_in_it_and_their_events_keep_their_place(
    shop: Shop, tmp_path: Path
) -> None:
    shop.member()
    outbox = Outbox()
    graves = tombstones.opened(tmp_path / "erasure.key")
    keyed = tombstones.keyed(shop.engine, graves)
    shop.readers, shop.writers = base.readers(keyed), base.writers(keyed)
    shop.handle(outbox.says(Arrived(f"t-{NGOC}", "quay-1", -60)), outbox.says(Called(S1)))
    with shop.writers.begin() as db:
        privacy_requests.add(db, "phone", PrivacyAsked(Ask.ERASE, ""), NGOC, NOON_MS)
        db.flush()
        assert privacy_requests.confirm(db, 1, NOON_MS)
    assert Eraser(keyed, graves, lambda: NOON_MS, lambda _s: None).round() == 1
    shop.handle(outbox.says(Arrived(f"t-{NGOC}", "quay-1", -60)))  # of a kiosk that was away

    found = _page(System(shop))["items"]
    assert [one["body"] for one in found] == [None, {"session": S1}, None]
    assert NGOC not in str(found)


@pytest.mark.parametrize(
    "asked",
    [
        {"after": -1},
        {"after": "x"},
        {"limit": 0},
        {"limit": 501},
        {"kind": "seen"},
        {"store": "NO SUCH"},
        {"before": 3},
    ],
)
def test_what_nobody_can_mean_is_refused(shop: Shop, asked: Mapping[str, object]) -> None:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    said = System(shop).said("GET", f"/events?{query}")
    assert (said["_"], said["reason"]) == (400, "wrong_query")


def test_who_has_read_further_than_a_restored_log_goes_is_told_to_begin_anew(shop: Shop) -> None:
    said = System(shop).said("GET", "/events?after=999999999")
    assert (said["_"], said["reason"]) == (409, "log_ends_before")


def test_only_a_key_that_may_reads_it(shop: Shop) -> None:
    system = System(shop, [one for one in Scope if one is not Scope.EVENTS_READ])
    assert system.said("GET", "/events")["field"] == "events:read"


def test_a_reader_misses_nothing_though_who_drew_first_commits_last(shop: Shop) -> None:
    system = System(shop)
    seen: list[tuple[str, int]] = []
    _write(shop, *_says("quay-1", 1))
    page = _page(system)
    if shop.engine.dialect.name == "sqlite":  # which has one writer at a time
        return
    with shop.writers.begin() as slow:
        events.append(slow, _says("quay-2", 1))
        _write(shop, *_says("quay-1", 2)[1:])
        page = _page(system, after=page["next"])
        seen += [(one["kiosk"], one["seq"]) for one in page["items"]]
    seen += _all(system, after=page["next"])
    assert sorted(seen) == [("quay-1", 2), ("quay-2", 1)]
