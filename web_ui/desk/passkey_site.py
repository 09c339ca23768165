"""Whether passkeys work at these pages, and who asks for them there. It signs nobody in."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from gateway.core.passkeys import Site, Unfit, site
from gateway.passkeys import Passkeys


def install(app: Flask, address: str) -> None:
    """Tell an application how browsers call it: passkeys are made for that name alone."""
    found = site(address)
    app.extensions["passkeys"] = Passkeys(found) if isinstance(found, Site) else found


def there() -> Passkeys | Unfit:
    """Who asks for passkeys at the present request's application, or why nobody does."""
    return cast(Passkeys | Unfit, current_app.extensions.get("passkeys", Unfit.NO_NAME))
