"""What can be wrong with a message from a peer: one class per reaction."""


class ContractError(ValueError):
    """The peer sent something we do not speak: drop it, count it, keep running."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class UnknownVersionError(ContractError):
    """Newer peer than us: keep the bytes, they may be readable after an update."""

    def __init__(self, version: object) -> None:
        super().__init__("v", f"{version!r} is not 1, the only version this build speaks")
