"""The database: models beside their queries, one file a noun. Functions that take a Session."""
