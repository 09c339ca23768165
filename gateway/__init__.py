"""What a chain or a single shop runs beside its kiosks: it decides, remembers and answers."""
