"""A Raspberry Pi's user-data: what cloud-init does when it starts for the first time.

Raspberry Pi OS 13 reads it from the boot partition (raspberrypi.com/documentation, "cloud-init").
It holds no secret: a kiosk makes its own key when it enrols.
"""

from __future__ import annotations

import json

from firmware_config.plan import Kiosk, Plan

PACKAGES = (
    *("python3-venv", "libzbar0", "python3-picamera2", "python3-lgpio"),
    *("cage", "xwayland", "chromium", "grim", "curl", "chrony", "espeak-ng"),
)
BOOT = "/boot/firmware/hien"
HOME = "/opt/hien"


def user_data(plan: Plan, kiosk: Kiosk) -> str:
    """#cloud-config, whose values are written as JSON: YAML reads that."""
    parts = ["kiosk", "screen", *(["door"] if plan.door_at(kiosk.id) else [])]
    add_words = (
        f"for word in $(cat {BOOT}/kernel-words.txt); do"
        ' grep -qwF -- "$word" /boot/firmware/cmdline.txt ||'
        ' sed -i "1s|\\$| $word|" /boot/firmware/cmdline.txt; done'
    )
    config = {
        "hostname": kiosk.id,
        "manage_etc_hosts": True,
        "timezone": plan.store.timezone,
        "ssh_pwauth": False,
        "package_update": True,
        "packages": list(PACKAGES),
        "runcmd": [
            ["cp", "-rT", f"{BOOT}/files", "/"],
            ["sh", "-c", add_words],
            ["sh", "-c", f"[ -e {HOME}/hien ] || cp -r {BOOT}/software {HOME}"],
            [f"{HOME}/hien", "install", *parts],
            ["reboot"],
        ],
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in config.items()]
    return "\n".join(["#cloud-config", *lines]) + "\n"
