"""Other makers' Bluetooth receivers as radios of a kiosk: one file a product, and nothing kept."""
