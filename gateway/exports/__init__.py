"""Tables as files that other programs read: one form a file."""
