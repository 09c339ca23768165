"""The Raspberry Pi in the shop: it notices shoppers, remembers what it saw, and shows offers."""
