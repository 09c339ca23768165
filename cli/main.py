"""The one command `hien`."""

def main(argv: list[str] | None = None) -> int:
    """Not written yet."""
    print("hien")
    return 0
