"""How often Python looks for garbage that reference counts did not free: in batches, not in them.

Each look walks over everything that lives; a batch makes thousands of things that live until its
commit, so the default looks dozens of times and finds nothing: a tenth of the intake's time. At ten
thousand it was still a fortieth, in the turn for which all others wait.
"""

from __future__ import annotations

import gc

YOUNG = 50_000  # new things before a look, more than a batch's; 700, the default, are ten events'


def collect_rarely() -> None:
    """For the rest of this process. What was imported and wired so far is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
