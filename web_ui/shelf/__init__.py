"""Pages behind the codes at shelves, for anybody who reads one; and the labels that carry them."""
