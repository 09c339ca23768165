"""What goes to a browser is what RFC 8291 says, byte by byte, and RFC 8292 of who sends it."""

from __future__ import annotations

import struct
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.notify import web_push
from gateway.notify.web_push import TEXT_MAX, Once, Receiver, armoured, encrypted, unarmoured
from runtime.errors import SettingsError

NOW_S = 1_772_341_200
# RFC 8291, appendix A
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER = Receiver(
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T"
    "lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4"
    "a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unarmoured(text), "big"), ec.SECP256R1())


def opened(message: bytes, key: ec.EllipticCurvePrivateKey, receiver: Receiver) -> bytes:
    """What a browser does with a message, written down from RFC 8188 and 8291 once more."""
    salt, (record_bytes, length) = message[:16], struct.unpack("!LB", message[16:21])
    theirs, record = message[21 : 21 + length], message[21 + length :]
    assert len(record) <= record_bytes
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    info = b"WebPush: info\x00" + unarmoured(receiver.public_key) + theirs
    auth = unarmoured(receiver.auth)
    ikm = HKDF(hashes.SHA256(), 32, auth, info).derive(key.exchange(ec.ECDH(), sender))
    cek = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(ikm)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(ikm)
    text, mark, padding = AESGCM(cek).decrypt(nonce, record, None).rpartition(b"\x02")
    assert (mark, padding.strip(b"\x00")) == (b"\x02", b"")
    return text


def test_the_example_of_the_standard_is_made_byte_by_byte() -> None:
    once = Once(private(SENDER_KEY), unarmoured(SALT))

    assert armoured(encrypted(PLAINTEXT, RECEIVER, once)) == MESSAGE
    assert opened(unarmoured(MESSAGE), private(RECEIVER_KEY), RECEIVER) == PLAINTEXT


def test_each_message_has_keys_of_its_own_and_fits_what_every_service_takes() -> None:
    longest = "ễ".encode() * (TEXT_MAX // 3)
    one, other = (encrypted(longest, RECEIVER, Once.new()) for _ in range(2))

    assert one[:86] != other[:86]
    assert len(one) <= 4096
    assert opened(one, private(RECEIVER_KEY), RECEIVER) == longest
    with pytest.raises(ValueError, match="fit"):
        encrypted(bytes(TEXT_MAX + 1), RECEIVER, Once.new())


@pytest.mark.parametrize(
    "receiver",
    [
        pytest.param(Receiver("", RECEIVER.auth), id="no key"),
        pytest.param(Receiver(RECEIVER.public_key, "AAAA"), id="a short secret"),
        pytest.param(Receiver(armoured(b"\x04" + bytes(64)), RECEIVER.auth), id="off the curve"),
        pytest.param(Receiver("ơ" * 87, RECEIVER.auth), id="no base64"),
    ],
)
def test_what_is_no_browsers_key_is_a_value_error(receiver: Receiver) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of whichever part found it)
        encrypted(b"", receiver, Once.new())


def test_the_sender_is_believed_by_its_own_key_for_that_service_and_half_a_day(
    tmp_path: Path,
) -> None:
    sender = web_push.opened(tmp_path / "push.key", "mailto:shop@example.vn")
    said = sender.authorization("https://push.example:444/send/abc?x=1", NOW_S)

    scheme, token, key = said.replace(",", "").split(" ")
    head, claims, signature = token.removeprefix("t=").split(".")
    assert (scheme, key) == ("vapid", f"k={sender.public_key}")
    assert msgspec.json.decode(unarmoured(head)) == {"typ": "JWT", "alg": "ES256"}
    assert msgspec.json.decode(unarmoured(claims)) == {
        "aud": "https://push.example:444",
        "exp": NOW_S + 12 * 3600,
        "sub": "mailto:shop@example.vn",
    }
    raw = unarmoured(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), unarmoured(sender.public_key)
    )
    public.verify(
        encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
    )


def test_the_key_is_made_once_for_its_owner_only_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "push.key"
    made = web_push.opened(file, "mailto:a@b").public_key

    assert web_push.opened(file, "mailto:a@b").public_key == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() not in repr(web_push.opened(file, "mailto:a@b"))
    file.write_text("nonsense")
    with pytest.raises(SettingsError, match=r"\[push\] key_file .*push\.key: is no key of ours"):
        web_push.opened(file, "mailto:a@b")
