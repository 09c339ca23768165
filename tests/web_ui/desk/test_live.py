from __future__ import annotations

import re
import threading
from collections.abc import Iterator

from contract.messages import Live, Noun
from tests.gateway.shop import STORE
from tests.house import ROOT
from tests.waiting import until
from tests.web_ui.office import Office
from web_ui.gateway_app import STREAMS, THREADS
from web_ui.shared.hub import BACKLOG

OTHER_TASKS = 50  # of the same process: clock, broker, watching, a doctor who looks in


def test_systemd_leaves_every_stream_its_thread() -> None:
    unit = (ROOT / "systemd" / "units" / "hien-web.service").read_text()
    found = re.search(r"^TasksMax=(\d+)$", unit, re.MULTILINE)

    assert found is not None
    assert int(found[1]) >= THREADS + OTHER_TASKS


def stream(office: Office, staff: str = "hanh") -> Iterator[bytes]:
    """A stream that listens already."""
    events = office.at(staff).client.get("/live", buffered=False).iter_encoded()
    assert next(events).startswith(b"retry:")
    return events


def collected(office: Office, events: Iterator[bytes]) -> list[bytes]:
    """What a stream says from now until the hub closes, which the caller's thread does."""
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.extend(events))
    reader.start()
    until(lambda: office.hub._listeners, "the stream listens")
    for id_ in ("7", "8"):
        office.hub.publish(STORE, Live(Noun.ALERT, id_))
    office.hub.publish("hanoi-1", Live(Noun.ALERT, "9"))
    office.hub.publish(STORE, Live(Noun.KIOSK, "quay-2"))
    until(lambda: len(got) == 3, "three events")
    office.hub.close()
    reader.join(timeout=10)
    return got


def test_a_stream_says_what_changed_in_its_own_store_and_ends_with_the_hub(office: Office) -> None:
    assert collected(office, stream(office)) == [
        b"event: alert\ndata: 7\n\n",
        b"event: alert\ndata: 8\n\n",
        b"event: kiosk\ndata: quay-2\n\n",
    ]


def test_what_changes_as_soon_as_the_stream_is_open_is_told(office: Office) -> None:
    events = stream(office)
    office.hub.publish(STORE, Live(Noun.VISIT, "1"))

    assert next(events) == b"event: visit\ndata: 1\n\n"


def test_a_browser_that_missed_too_much_is_told_so(office: Office) -> None:
    events = stream(office)
    got: list[bytes] = []
    first = threading.Thread(target=lambda: got.append(next(events)))
    first.start()
    until(lambda: office.hub._listeners, "the stream listens")
    office.hub.publish(STORE, Live(Noun.VISIT, "1"))
    first.join(timeout=10)
    for number in range(BACKLOG + 1):
        office.hub.publish(STORE, Live(Noun.VISIT, str(number)))

    assert next(events) == b"event: missed\ndata: -\n\n"


def test_one_stream_too_many_is_told_to_come_back(office: Office) -> None:
    client = office.at("hanh").client
    streams = [client.get("/live", buffered=False) for _ in range(STREAMS)]
    refused = client.get("/live")

    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    for one in streams:
        one.close()
