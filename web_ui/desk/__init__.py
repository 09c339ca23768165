"""What the staff board and the console share: who is signed in, the database, live changes."""
