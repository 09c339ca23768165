"""The member's own page: a pass that the phone makes by itself, also without a network."""
