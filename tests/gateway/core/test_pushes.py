"""Where words for staff's devices may go, and that they name nobody."""

from __future__ import annotations

import pytest

from gateway.core import pushes
from gateway.core.alerts import AlertKind
from gateway.core.pushes import may_send_to


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com/QFoo",
        "https://wns2-par02p.notify.windows.com/w/?token=B",
        "https://fcm.googleapis.com:443/x",
    ],
)
def test_browsers_own_services_are_known(endpoint: str) -> None:
    assert may_send_to(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param("", id="nothing"),
        pytest.param("http://fcm.googleapis.com/x", id="without TLS"),
        pytest.param("https://fcm.googleapis.com:8443/x", id="another port"),
        pytest.param("https://fcm.googleapis.com:x/", id="no port"),
        pytest.param("https://fcm.googleapis.com@127.0.0.1/x", id="another host behind a name"),
        pytest.param("https://me:word@fcm.googleapis.com/x", id="somebody's password"),
        pytest.param("https://evil-fcm.googleapis.com.example/x", id="a name that begins so"),
        pytest.param("https://notfcm.googleapis.com/x", id="a name that ends so"),
        pytest.param("https://localhost/x", id="our own machine"),
        pytest.param("https://169.254.169.254/latest", id="a cloud's secrets"),
        pytest.param("https://[::1]/x", id="our own machine in six"),
        pytest.param("https://[::1/x", id="no address"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("https://push.apple.com/" + "x" * 1024, id="endless"),
    ],
)
def test_nothing_else_is(endpoint: str) -> None:
    assert not may_send_to(endpoint)


def test_a_shops_own_service_is_known_where_the_settings_name_it() -> None:
    assert may_send_to("https://push.shop.example/x", ("shop.example",))
    assert not may_send_to("http://127.0.0.1:9/x", ("127.0.0.1",))
    assert may_send_to("http://127.0.0.1:9/x", ("127.0.0.1",), is_near=True)
    assert not may_send_to("http://127.0.0.2:9/x", ("127.0.0.1",), is_near=True)


@pytest.mark.parametrize("kind", AlertKind)
def test_the_words_say_where_in_both_languages_and_a_shopper_is_just_a_shopper(
    kind: AlertKind,
) -> None:
    said = pushes.words(kind, "Khu A")

    assert "Khu A" in said.vi
    assert "Khu A" in said.en
    is_thing = kind in {AlertKind.DOOR, AlertKind.CASE, AlertKind.IMPOSTOR}
    assert (said.vi == "Có khách cần hỗ trợ ở Khu A") is not is_thing
    assert pushes.words(kind, "").vi == "Có khách cần hỗ trợ"
