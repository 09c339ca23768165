"""A kiosk's udev rules: who may use which device, how a turned panel is touched, no keyboards.

Sources: systemd.io udev(7); libinput's documentation, "Static device configuration via udev".
"""

from __future__ import annotations

from firmware_config.places import KIOSK_USER
from firmware_config.plan import Kiosk

# What is touched, by how far the picture is turned clockwise: rows of a matrix, without the last.
TURNED = {90: "0 -1 1 1 0 0", 180: "-1 0 1 0 -1 1", 270: "0 1 0 -1 0 1"}

_RULES = """\
# Written by hien plan build; change the plan and build again.
SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"
# A keyboard that somebody plugs in types nothing into the page.
SUBSYSTEM=="input", ENV{{ID_INPUT_KEYBOARD}}=="1", ENV{{LIBINPUT_IGNORE_DEVICE}}="1"
{more}"""


def rules(kiosk: Kiosk) -> str:
    """60-hien.rules."""
    more = []
    if kiosk.panel.rotate:
        matrix = TURNED[kiosk.panel.rotate]
        touch = 'SUBSYSTEM=="input", ENV{ID_INPUT_TOUCHSCREEN}=="1"'
        more.append(f'{touch}, ENV{{LIBINPUT_CALIBRATION_MATRIX}}="{matrix}"')
    for scanner in kiosk.scanners:
        name = scanner.device.removeprefix("/dev/")
        is_link = "/" in name  # /dev/serial/by-id/…, /dev/input/by-id/…
        which = f'SYMLINK=="{name}"' if is_link else f'KERNEL=="{name}"'
        more.append(f'{which}, GROUP="{KIOSK_USER}", MODE="0660"')
    return _RULES.format(more="".join(f"{line}\n" for line in more))
