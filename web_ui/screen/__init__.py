"""The kiosk's page. A dumb terminal: `kiosk.core.screen` owns every state it shows."""
