"""What any long-running process needs; no shop word in it."""
