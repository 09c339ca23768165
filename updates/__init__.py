"""New versions: signed, tried beside the old one, and taken back if they do not work."""
