"""What every page stands on: look, words, live updates, headers, the server. No page of its own."""
