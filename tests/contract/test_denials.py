from typing import Any

import pytest

from contract.denials import digest, meant
from tests.contract.golden import cases


@pytest.mark.parametrize("case", cases("denials.json", "good"), ids=lambda case: str(case["name"]))
def test_digests_are_those_of_the_golden_file(case: dict[str, Any]) -> None:
    assert digest(case["salt"], case["word"]) == case["digest"]


def test_who_holds_the_names_finds_whom_digests_mean_and_nobody_else() -> None:
    salt = "0f" * 16
    digests = {digest(salt, "t-1"), digest(salt, "t-9")}

    assert meant(salt, digests, ("t-1", "t-2", "t-3")) == {"t-1"}
    assert meant("f0" * 16, digests, ("t-1", "t-9")) == frozenset()
