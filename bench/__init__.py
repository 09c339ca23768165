"""How fast we are, each time beside a peer or a raw ceiling measured in the same run."""
