"""What can go wrong with a process and the things it stands on: one class per reaction."""


class SettingsError(Exception):
    """The operator's file is wrong: print the message, no traceback, exit 78 (EX_CONFIG)."""


class UnavailableError(Exception):
    """Something this process cannot start without is not there: print it, exit 69.

    EX_UNAVAILABLE: a supervisor may try again, unlike after a SettingsError.
    """


class DeviceError(Exception):
    """Hardware is missing or broken: report it in health, degrade, do not exit."""
