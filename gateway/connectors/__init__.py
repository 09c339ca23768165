"""One file for each vendor: is it really theirs, and what does it say in our words. All pure."""
