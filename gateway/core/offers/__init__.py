"""What may be offered to whom: conditions, caps, stacking, and for every offer the reason."""
