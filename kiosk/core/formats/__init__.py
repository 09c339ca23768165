"""What tags say, one file a family of formats: bytes in, values out. Raises on no bytes."""
