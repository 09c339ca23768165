"""The staff board: who waits, who serves whom. It shows only what members agreed to."""
