"""The codes that stand at a shelf: our labels, GS1 Digital Links and plain barcodes.

A code says which product is meant and proves nothing: whoever prints a sticker can print any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from contract import digital_link
from contract.errors import ContractError
from contract.identifiers import is_name

PATH = "s"  # short, because it stands in every label's code

_PRODUCT = re.compile(r"[0-9a-zA-Z-]{1,40}")  # contract.messages.Id
_BARCODE = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_STEPS = 4  # s / store / shelf / product


@dataclass(frozen=True, slots=True)
class ProductCode:
    """Which product is meant: by our own id, or by its GTIN of 14 digits."""

    product: str = ""
    gtin: str = ""
    host: str = ""  # whose address it is; empty for a barcode
    store: str = ""  # only our labels name one


def label(base: str, store: str, shelf: str, product: str) -> str:
    """The address in a label's code; `shelf` is "-" where a product has no place of its own."""
    return f"{base}/{PATH}/{store}/{shelf or '-'}/{product}"


def read(text: str) -> ProductCode | None:
    """What a code says; None if it is no product's."""
    if _BARCODE.fullmatch(text):
        is_right = digital_link.check_digit(text[:-1]) == int(text[-1])
        return ProductCode(gtin=text.zfill(14)) if is_right else None
    try:
        found = digital_link.read(text)
        return ProductCode(gtin=found.gtin, host=found.host)
    except ContractError:
        return _label(text)


def _label(text: str) -> ProductCode | None:
    try:
        parts = urlsplit(text)
        host = parts.netloc
    except ValueError:
        return None
    steps = parts.path.split("/")[1:]
    if parts.scheme not in ("https", "http") or len(steps) != _STEPS or steps[0] != PATH:
        return None
    store, product = steps[1], steps[3]
    if not host or not is_name(store) or not _PRODUCT.fullmatch(product):
        return None
    return ProductCode(product=product, host=host, store=store)
