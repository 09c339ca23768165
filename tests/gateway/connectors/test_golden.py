"""Every vector in the golden files verifies and says what it should; no tampered one does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from gateway.connectors.vendor import PING, Incoming, Keys, Verified
from gateway.connectors.vendors import VENDORS
from gateway.core.changes import ConnectorKind, Refusal
from tests.gateway.connectors.golden import FILES, Golden, request_of

VECTORS = [(kind, vector) for kind, golden in FILES.items() for vector in golden["vectors"]]
TAMPERED = [(kind, change) for kind, golden in FILES.items() for change in golden["tampered"]]


def named(case: object) -> str:
    return str(case["name"]) if isinstance(case, dict) else str(case)


@pytest.mark.parametrize(("kind", "vector"), VECTORS, ids=named)
def test_what_a_vendor_sends_verifies_and_says_this(
    kind: ConnectorKind, vector: dict[str, Any]
) -> None:
    golden, vendor = FILES[kind], VENDORS[kind]

    verified = vendor.verify(keys(golden, vector), request_of(vector))

    assert verified == Verified(vector["delivery"], vector["topic"])
    said = vendor.normalise(vector["topic"], vector["body"].encode())
    if isinstance(said, Refusal):
        assert said == vector["refused"]
    else:
        assert [as_json(change) for change in said] == vector["says"]


@pytest.mark.parametrize(("kind", "change"), TAMPERED, ids=named)
def test_what_was_tampered_with_is_refused_with_its_reason(
    kind: ConnectorKind, change: dict[str, Any]
) -> None:
    golden = FILES[kind]
    vector = next(one for one in golden["vectors"] if one["name"] == change["of"])
    headers = {**vector["headers"], **change.get("headers", {})}
    body = vector["body"].replace(*change.get("replace", ("", ""))) + change.get("append", "")
    tampered = {
        **vector,
        "headers": {name: text for name, text in headers.items() if text is not None},
        "body": body,
        "at_s": change.get("at_s", vector.get("at_s", 0)),
    }
    assert (tampered != vector) or "secret" in change, "nothing was changed"

    refused = VENDORS[kind].verify(keys(golden, {**vector, **change}), request_of(tampered))

    assert refused == change["refused"]


@pytest.mark.parametrize(
    ("kind", "vector"), [(k, v) for k, v in VECTORS if v["topic"] != PING], ids=named
)
def test_no_byte_of_what_is_signed_may_change(kind: ConnectorKind, vector: dict[str, Any]) -> None:
    """Every seventh byte, and the signature: bodies are long and alike."""
    golden, body = FILES[kind], vector["body"].encode()
    for at in range(0, len(body), 7):
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        request = request_of(vector)
        forged = Incoming(request.headers, changed, request.at_ms)
        verdict = VENDORS[kind].verify(keys(golden, vector), forged)
        is_unsigned_part = kind is ConnectorKind.PAYOS and isinstance(verdict, Verified)
        if is_unsigned_part:  # payOS signs `data` and no byte around it: it says the same
            assert says(kind, changed) in (says(kind, body), [])
        else:
            assert isinstance(verdict, Refusal)


def test_a_secret_that_changes_is_good_beside_the_old_one() -> None:
    for kind, golden in FILES.items():
        vector = next(v for v in golden["vectors"] if v["topic"] != PING and "secret" not in v)
        both = Keys(("whsec_bmV3", *golden["secrets"]), golden["shop"])
        assert isinstance(VENDORS[kind].verify(both, request_of(vector)), Verified)
        assert "hush" not in repr(both)


def keys(golden: Golden, case: dict[str, Any]) -> Keys:
    secrets = (case["secret"],) if "secret" in case else tuple(golden["secrets"])
    return Keys(secrets, golden["shop"])


def says(kind: ConnectorKind, body: bytes) -> object:
    return VENDORS[kind].normalise("payment", body)


def as_json(change: Any) -> dict[str, Any]:
    said = {"kind": type(change).__name__, **asdict(change)}
    if "customer" in said and isinstance(said["customer"], dict):
        said["customer"] = {"kind": "ProfileChanged", **said["customer"]}
    for several in ("orders", "words"):
        if several in said:
            said[several] = list(said[several])
    return said
