from __future__ import annotations

import pytest

from gateway.core.passkeys import Site, Unfit, handle, is_copy, site


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://shop.example", Site("https://shop.example", "shop.example")),
        ("https://Shop.Example:443", Site("https://shop.example", "shop.example")),
        ("https://shop.example:8443", Site("https://shop.example:8443", "shop.example")),
        ("https://hiên.example", Site("https://xn--hin-gma.example", "xn--hin-gma.example")),
        ("http://localhost:8000", Site("http://localhost:8000", "localhost")),
        ("http://hue.localhost:80", Site("http://hue.localhost", "hue.localhost")),
        ("http://shop.example", Unfit.NO_HTTPS),
        ("http://localhost.example", Unfit.NO_HTTPS),
        ("http://127.0.0.1:8000", Unfit.NO_NAME),
        ("https://192.168.1.7", Unfit.NO_NAME),
        ("https://[::1]:8000", Unfit.NO_NAME),
        ("https://" + "a" * 64 + ".example", Unfit.NO_NAME),
    ],
)
def test_passkeys_belong_to_a_name_that_comes_by_https(address: str, found: Site | Unfit) -> None:
    assert site(address) == found


@pytest.mark.parametrize(
    ("kept", "said", "copied"),
    [(0, 0, False), (0, 1, False), (4, 5, False), (5, 5, True), (5, 4, True), (5, 0, True)],
)
def test_a_count_that_does_not_grow_speaks_for_a_copy(kept: int, said: int, copied: bool) -> None:
    assert is_copy(kept, said) is copied


def test_devices_know_people_by_no_name_and_by_one_handle_each() -> None:
    assert handle("hanh") == handle("hanh") != handle("tu")
    assert b"hanh" not in handle("hanh")
    assert len(handle("hanh")) <= 64  # WebAuthn 5.4.3
