"""The owner's pages: visits and why, kiosks and their health. They change nothing."""
