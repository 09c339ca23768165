"""What a shopper who signed in agrees to at the screen: saved means that a disk holds it."""

from __future__ import annotations

from contract.events import Chose
from contract.messages import AskedConsent, Consents, Level, Text
from kiosk.core.inputs import Button, LinkChanged
from kiosk.core.screen import Choices, OutOfOrder
from tests.kiosk.whole_kiosk import Kiosk


def consenting(kiosk: Kiosk) -> None:
    """Somebody signed in with a pass, and opened what they agree to."""
    kiosk.hold_up(kiosk.pass_text())
    asked = AskedConsent("sms", 1, Text("Tin", "SMS"), Text("Lời", "Say"), is_granted=True)
    kiosk.told(Level.PERSONAL, name="Ngọc", consents=Consents((asked,)))
    kiosk.press(Button.PRIVACY)
    kiosk.press(Button.CONSENTS)


def test_a_choice_is_saved_once_the_outbox_holds_it_also_without_a_network(kiosk: Kiosk) -> None:
    consenting(kiosk)
    kiosk.app.handle(LinkChanged(online=False))
    before = kiosk.outbox.depth()

    kiosk.press(Button.CONSENT, "sms")

    page = kiosk.screen()
    assert isinstance(page, Choices)
    assert (page.saved, kiosk.outbox.depth()) == ("sms", before + 1)
    session = kiosk.app.state.session
    kiosk.app.handle(LinkChanged(online=True))
    said = kiosk.sent[-1]
    assert isinstance(said, Chose)
    assert (said.session, said.purpose, said.is_granted, said.version) == (session, "sms", False, 1)


def test_a_choice_that_no_disk_keeps_is_not_called_saved(kiosk: Kiosk) -> None:
    consenting(kiosk)
    kiosk.outbox.close()  # as good as a card that is gone

    kiosk.press(Button.CONSENT, "sms")

    assert kiosk.screen() == OutOfOrder()
    assert not any(
        isinstance(shown.screen, Choices) and shown.screen.saved for shown in kiosk.feed.shown
    )
