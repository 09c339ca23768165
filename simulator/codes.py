"""The QR texts simulated phones show: genuine passes, and the wrong codes people really hold up."""

from __future__ import annotations

from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import passes
from simulator.goods import PRODUCTS
from simulator.shop import STORE_NO, Member


class Code(StrEnum):
    """What a phone can be told to show."""

    PASS = "pass"
    SCREENSHOT = "screenshot"  # somebody's pass of ten minutes ago, from a chat
    FOREIGN = "foreign"  # a genuine pass for another store of the chain
    FORGED = "forged"  # a member's number, signed with a key of one's own
    WEB = "web"  # a link from a poster
    PACKAGE = "package"  # what stands on a box of tea: a GS1 Digital Link
    WIFI = "wifi"  # the café next door


SCREENSHOT_AGE_S = 600
_FORGERS_KEY = Ed25519PrivateKey.from_private_bytes(b"a key that no gateway ever saw..")
_TEXTS = {
    Code.WEB: "https://an-nhien.example/tra-sen?utm_source=poster",
    Code.PACKAGE: f"https://id.gs1.org/01/{PRODUCTS[0].gtin.zfill(14)}",
    Code.WIFI: "WIFI:T:WPA;S:Ca phe Song Huong;P:xinchao123;;",
}


def text_of(code: Code, member: Member | None, unix_s: float) -> str:
    """What the phone shows at that time of day; passes change every 15 s.

    Empty for a pass of nobody.
    """
    if code in _TEXTS:
        return _TEXTS[code]
    if member is None:
        return ""
    shown_s = unix_s - (SCREENSHOT_AGE_S if code is Code.SCREENSHOT else 0)
    key = _FORGERS_KEY if code is Code.FORGED else member.private_key
    store_no = STORE_NO + 1 if code is Code.FOREIGN else STORE_NO
    return passes.make(key, member.key_id, member.member, passes.slot_at(shown_s), store_no)
