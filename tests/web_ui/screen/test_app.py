from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from kiosk.core import screen as screens
from kiosk.core.inputs import Button, Language, LanguageChosen, Painted, Pressed, Typed
from tests.web_ui.screen.conftest import Glass
from tests.web_ui.screen.samples import PERSONAL, SCREENS, state
from web_ui.screen.app import STREAMS


def data_of(events: Iterator[bytes]) -> dict[str, object]:
    """The next picture of a stream."""
    for chunk in events:
        if chunk.startswith(b"event: screen\ndata: "):
            picture: dict[str, object] = json.loads(chunk.split(b"data: ", 1)[1])
            return picture
    raise AssertionError("the stream ended")


def test_the_page_comes_with_the_present_screen_in_it(glass: Glass) -> None:
    glass.feed.show(state(SCREENS["three offers"], revision=4))

    page = glass.app.test_client().get("/").get_data(as_text=True)

    assert "Chào Ngọc" in page
    assert 'data-revision="4"' in page
    assert '<html lang="vi" data-ease="">' in page


def test_nothing_is_kept_by_the_browser(glass: Glass) -> None:
    client = glass.app.test_client()

    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/screen").headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in client.get("/").headers


def test_no_script_or_style_but_our_own_files_can_run(glass: Glass) -> None:
    answer = glass.app.test_client().get("/")
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in answer.get_data(as_text=True)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("button", Button)
def test_every_button_reaches_the_kiosk(glass: Glass, button: Button) -> None:
    message = {"button": button.value, "revision": 3, "subject": "tea-200"}

    assert glass.app.test_client().post("/press", json=message).status_code == 204
    assert glass.heard == [Pressed(button, 3, "tea-200")]


@pytest.mark.parametrize(
    ("message", "word"),
    [
        pytest.param({"button": "open_door", "revision": 1}, "open_door", id="no such button"),
        pytest.param({"button": "end"}, "revision", id="no revision"),
        pytest.param({"button": "end", "revision": -1}, "revision", id="impossible revision"),
        pytest.param({"button": "end", "revision": "1"}, "revision", id="a text for a number"),
        pytest.param({"button": "end", "revision": 1, "who": "x"}, "who", id="a field too many"),
        pytest.param({"button": "offer", "revision": 1, "subject": "<b>"}, "subject", id="markup"),
        pytest.param([], "object", id="no object"),
    ],
)
def test_a_wrong_touch_is_refused_in_words(glass: Glass, message: object, word: str) -> None:
    answer = glass.app.test_client().post("/press", json=message)

    assert answer.status_code == 400
    assert answer.json is not None
    assert word in answer.json["error"]
    assert glass.heard == []


def test_only_json_is_read(glass: Glass) -> None:
    answer = glass.app.test_client().post("/press", data="button=end&revision=1")

    assert answer.status_code == 415
    assert glass.heard == []


def test_a_huge_message_is_refused(glass: Glass) -> None:
    message = {"button": "end", "revision": 1, "subject": "x" * 5_000}

    assert glass.app.test_client().post("/press", json=message).status_code == 413


def test_what_is_typed_reaches_the_kiosk_and_nothing_but_digits_does(glass: Glass) -> None:
    client = glass.app.test_client()

    assert client.post("/typed", json={"text": "0901234512", "revision": 3}).status_code == 204
    for wrong in ("", "09012345123", "0901a", "１２３"):
        assert client.post("/typed", json={"text": wrong, "revision": 3}).status_code == 400
    assert glass.heard == [Typed("0901234512", 3)]
    assert "0901" not in repr(glass.heard)


def test_the_language_reaches_the_kiosk(glass: Glass) -> None:
    client = glass.app.test_client()

    assert client.post("/language", json={"language": "en"}).status_code == 204
    assert client.post("/language", json={"language": "fr"}).status_code == 400
    assert glass.heard == [LanguageChosen(Language.EN)]


def test_what_is_painted_is_reported_with_its_time(glass: Glass) -> None:
    client = glass.app.test_client()
    client.post("/painted", json={"revision": 1})
    client.post("/painted", json={"revision": 2})

    first, second = glass.heard
    assert isinstance(first, Painted)
    assert isinstance(second, Painted)
    assert (first.revision, second.revision) == (1, 2)
    assert 0 < first.at_ms < second.at_ms


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.20:8080", "localhost.evil.example"])
def test_a_page_that_rebinds_its_name_gets_nothing(glass: Glass, host: str) -> None:
    assert glass.app.test_client().get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_the_kiosks_own_names_are_served(glass: Glass, host: str) -> None:
    assert glass.app.test_client().get("/", headers={"Host": host}).status_code == 200


def test_another_page_cannot_press_buttons(glass: Glass) -> None:
    press = {"button": "end", "revision": 1}
    client = glass.app.test_client()
    foreign = client.post("/press", json=press, headers={"Origin": "http://localhost:9999"})
    own = client.post("/press", json=press, headers={"Origin": "http://localhost"})

    assert (foreign.status_code, own.status_code) == (403, 204)


def test_a_stream_begins_with_the_present_picture_and_goes_on(glass: Glass) -> None:
    glass.feed.show(state(SCREENS["hello"], revision=1))
    events = glass.app.test_client().get("/stream", buffered=False).iter_encoded()

    first = data_of(events)
    glass.feed.show(state(SCREENS["waiting"], revision=2))
    glass.feed.show(state(SCREENS["three offers"], Language.EN, revision=3))
    second = data_of(events)

    assert (first["revision"], first["screen"], first["lang"]) == (1, "hello", "vi")
    assert (second["revision"], second["screen"], second["lang"]) == (3, "offers", "en")
    assert "Hello Ngọc" in str(second["html"])


def test_a_stream_ends_when_the_feed_closes(glass: Glass) -> None:
    events = glass.app.test_client().get("/stream", buffered=False).iter_encoded()
    data_of(events)
    glass.feed.close()

    assert list(events) == []


def test_one_stream_too_many_is_told_to_come_back(glass: Glass) -> None:
    client = glass.app.test_client()
    streams: list[TestResponse] = [client.get("/stream", buffered=False) for _ in range(STREAMS)]
    refused = client.get("/stream")
    streams.pop().close()
    again = client.get("/stream", buffered=False)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert again.status_code == 200


def test_a_browser_without_a_stream_can_ask(glass: Glass) -> None:
    glass.feed.show(state(screens.Goodbye(), Language.EN, revision=9))

    answer = glass.app.test_client().get("/screen").json

    assert answer is not None
    assert (answer["revision"], answer["screen"], answer["lang"]) == (9, "goodbye", "en")


def test_health_says_nothing_personal(glass: Glass) -> None:
    glass.feed.show(state(SCREENS["three offers"], revision=5))

    answer = glass.app.test_client().get("/healthz").get_data(as_text=True)

    assert json.loads(answer) == {"revision": 5}
    assert not any(word in answer for word in PERSONAL)


def test_the_size_of_the_glass_is_told_in_millimetres(glass: Glass) -> None:
    answer = glass.app.test_client().get("/panel.css")

    assert answer.mimetype == "text/css"
    assert "--diagonal-mm:546.1" in answer.get_data(as_text=True)
