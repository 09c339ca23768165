"""A Raspberry Pi's config.txt, and the words its kernel is told besides those of its image.

Sources: raspberrypi.com/documentation, config.txt and kernel command line; strict_gpiod:
github.com/raspberrypi/linux, pull request 6117.
"""

from __future__ import annotations

from firmware_config.plan import Kiosk

_CONFIG = """\
# Written by hien plan build; change the plan and build again.
[all]
arm_64bit=1
arm_boost=1
disable_splash=1
dtoverlay=vc4-kms-v3d
max_framebuffers=2
# A line becomes an input again when its process dies. Without this, a lock that a dead process
# released stays released.
dtparam=strict_gpiod
# The machine starts anew if systemd does not feed this: see system.conf.d/50-hien.conf.
dtparam=watchdog=on
dtparam=audio=off
camera_auto_detect={has_camera}
display_auto_detect=1
"""
CLOCKS = {
    "pi4": "# A DS3231 on GPIO2 and GPIO3.\ndtoverlay=i2c-rtc,ds3231\n",
    "pi5": "# Its own clock, whose cell may be charged.\ndtparam=rtc_bbat_vchg=3000000\n",
}

WATCHDOG = """\
# Written by hien plan build; change the plan and build again.
[Manager]
# A Raspberry Pi's timer runs 15 s at most.
RuntimeWatchdogSec=14s
RebootWatchdogSec=2min
"""

JOURNAL = """\
# Written by hien plan build; change the plan and build again.
[Journal]
# In memory: a card wears out, and logs are no record.
Storage=volatile
RuntimeMaxUse=32M
"""


def config(kiosk: Kiosk) -> str:
    """config.txt."""
    text = _CONFIG.format(has_camera=int(kiosk.camera.driver == "picamera2"))
    return text + (CLOCKS[kiosk.board] if kiosk.has_battery_clock else "")


def kernel_words(kiosk: Kiosk) -> str:
    """What cmdline.txt must hold besides; its other words name the card, and stay."""
    panel = kiosk.panel
    video = f"video={panel.output}:{panel.width_px}x{panel.height_px}@60"
    if panel.rotate:
        video += f",rotate={panel.rotate}"
    quiet = ("quiet", "loglevel=3", "logo.nologo", "vt.global_cursor_default=0", "consoleblank=0")
    return " ".join((video, *quiet)) + "\n"
