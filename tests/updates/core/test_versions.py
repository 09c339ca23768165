from __future__ import annotations

import pytest

from updates.core import versions


def test_ten_follows_nine() -> None:
    texts = ["0.9.0", "0.10.0", "0.10.1", "1.0.0", "1.0.12345"]

    assert [str(one) for one in sorted(map(versions.read, reversed(texts)))] == texts


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0rc1", "01.0.0", "1.0.-1", "1.0.0\n", "1.٣.0"],
)
def test_what_is_no_version_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a version like"):
        versions.read(text)
