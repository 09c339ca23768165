"""What the kiosk's browser may and how it is started: one address, and nothing a shopper can leave.

Sources: chromeenterprise.google/policies; peter.sh/experiments/chromium-command-line-switches.
"""

from __future__ import annotations

import json

from firmware_config.plan import Kiosk

FLAGS = (
    "--kiosk",
    "--ozone-platform=wayland",
    "--start-maximized",
    "--noerrdialogs",
    "--no-first-run",
    "--disable-infobars",
    "--disable-pinch",
    "--overscroll-history-navigation=0",  # a swipe is no way back
    "--disable-features=OverscrollHistoryNavigation,Translate",
    "--disable-session-crashed-bubble",
    "--hide-crash-restore-bubble",
    "--password-store=basic",
    "--check-for-update-interval=31536000",
    "--autoplay-policy=no-user-gesture-required",  # the welcome's sound
    # Interpreted, so that the service needs no memory that is written and then run. Our page asks
    # little of it: a million turns of a loop take 46 ms on a PC.
    "--js-flags=--jitless",
    "--user-data-dir=/run/hien-browser/profile",  # gone with the power: nobody's page comes back
)


def address(kiosk: Kiosk) -> str:
    """What the screen shows."""
    return f"http://localhost:{kiosk.screen_port}"


def policy(kiosk: Kiosk) -> str:
    """/etc/chromium/policies/managed/hien.json."""
    rules = {
        "URLBlocklist": ["*"],
        "URLAllowlist": [address(kiosk)],
        "AudioCaptureAllowed": False,
        "VideoCaptureAllowed": False,  # the camera is the kiosk's, never a page's
        "AutofillAddressEnabled": False,
        "AutofillCreditCardEnabled": False,
        "BrowserAddPersonEnabled": False,
        "BrowserGuestModeEnabled": False,
        "BrowserSignin": 0,
        "ComponentUpdatesEnabled": False,
        "DefaultGeolocationSetting": 2,
        "DefaultNotificationsSetting": 2,
        "DefaultPopupsSetting": 2,
        "DefaultWebBluetoothGuardSetting": 2,
        "DefaultWebUsbGuardSetting": 2,
        "DeveloperToolsAvailability": 2,
        "DownloadRestrictions": 3,
        "IncognitoModeAvailability": 1,
        "MetricsReportingEnabled": False,
        "PasswordManagerEnabled": False,
        "PrintingEnabled": False,
        "SearchSuggestEnabled": False,
        "SpellcheckEnabled": False,
        "SyncDisabled": True,
        "TranslateEnabled": False,
    }
    return json.dumps(rules, indent=2) + "\n"


def environment(kiosk: Kiosk) -> str:
    """screen.env, which hien-browser.service reads."""
    flags = " ".join(FLAGS)
    return (
        "# Written by hien plan build; change the plan and build again.\n"
        f"HIEN_SCREEN_URL={address(kiosk)}/\n"
        f'HIEN_SCREEN_FLAGS="{flags}"\n'
    )
