"""The report that is sent: one page that needs nothing beside itself."""
