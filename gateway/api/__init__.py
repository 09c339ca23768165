"""The REST API: thin. It reads a request, asks the gateway, and says what came of it."""
