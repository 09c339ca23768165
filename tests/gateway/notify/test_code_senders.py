"""A code goes to a telephone through a signed webhook or apprise, and stands in no log."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from gateway.core.one_time_codes import Letter
from gateway.core.standard_webhooks import is_genuine
from gateway.notify import code_senders
from gateway.notify.apprise_door import AppriseCodes
from gateway.notify.code_senders import WebhookCodes
from runtime.errors import SettingsError, UnavailableError
from runtime.outbound import Request, Response
from runtime.settings import Driver, DriverOptions

KEY = b"s" * 32
LETTER = Letter("0190-1", 1_772_341_200_000, "+84901234512", "123456 là mã của bạn", "vi")


class Post:
    """Somebody who takes codes, or not."""

    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        return Response(self.status, {}, b"")


def test_a_webhook_carries_number_and_words_under_a_signature() -> None:
    post = Post()
    WebhookCodes("https://sms.example/send", KEY, post).send(LETTER)

    (sent,) = post.sent
    said = json.loads(sent.body)
    assert (said["type"], said["timestamp"]) == ("one_time_code", 1_772_341_200)
    assert said["data"] == {"to": LETTER.number, "text": LETTER.text, "language": "vi"}
    signed = sent.headers["webhook-signature"]
    assert is_genuine(KEY, sent.headers["webhook-id"], 1_772_341_200, sent.body, signed)
    assert sent.headers["webhook-id"] == LETTER.id
    assert sent.headers["webhook-timestamp"] == "1772341200"
    assert "123456" not in repr(sent)


@pytest.mark.parametrize("status", [199, 302, 401, 500])
def test_whoever_does_not_take_it_is_unavailable(status: int) -> None:
    with pytest.raises(UnavailableError, match=str(status)):
        WebhookCodes("https://sms.example/send", KEY, Post(status)).send(LETTER)


def test_each_driver_is_made_from_the_settings_and_hides_its_secret(tmp_path: Path) -> None:
    secret, urls = tmp_path / "secret", tmp_path / "urls"
    secret.write_text(f"whsec_{base64.b64encode(KEY).decode()}\n")
    urls.write_text("jsons://user:s3cret@sms.example/{number}\n\n")
    hook: DriverOptions = {"url": "https://sms.example/send", "secret_file": str(secret)}

    made = code_senders.sender(Driver(driver="webhook", options=hook))
    assert isinstance(made, WebhookCodes)
    assert made.key == KEY
    assert str(KEY) not in repr(made)
    by_apprise = code_senders.sender(Driver(driver="apprise", options={"urls_file": str(urls)}))
    assert isinstance(by_apprise, AppriseCodes)
    assert "s3cret" not in repr(by_apprise)
    assert code_senders.sender(None) is None


def test_apprise_puts_the_number_where_the_address_has_its_place(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="apprise"):  # port 9 discards, where it is at all
        AppriseCodes(("json://127.0.0.1:9/{number}",)).send(LETTER)


@pytest.mark.parametrize(
    ("driver", "given", "mistake"),
    [
        ("webhook", {"url": "ftp://x"}, "url"),
        ("webhook", {"url": "https://sms.example", "secret_file": "/nowhere"}, "cannot be read"),
        ("webhook", {"url": "https://sms.example", "secret_file": "EMPTY"}, "no secret"),
        ("apprise", {"urls_file": "EMPTY"}, "number"),
        ("apprise", {"urls_file": "FIXED"}, "number"),
        ("apprise", {"urls_file": "NONSENSE"}, "address 2"),
        ("pigeon", {}, "pigeon"),
    ],
)
def test_a_wrong_option_is_named_with_its_table(
    driver: str, given: DriverOptions, mistake: str, tmp_path: Path
) -> None:
    texts = {"EMPTY": "\n", "FIXED": "json://localhost/1\n"}
    texts["NONSENSE"] = "json://localhost/{number}\nnonsense://secret@{number}\n"
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    options: DriverOptions = {
        key: str(tmp_path / value) if isinstance(value, str) and value in texts else value
        for key, value in given.items()
    }
    with pytest.raises(SettingsError, match=mistake) as caught:
        code_senders.sender(Driver(driver=driver, options=options))
    assert "secret@" not in str(caught.value)
