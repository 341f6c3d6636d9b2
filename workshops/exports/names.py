"""What files are called."""


def readable(name: str) -> str:
    """What a file can be called on any computer."""
    kept = (sign if sign.isprintable() and sign not in '<>:"/\\|?*' else " " for sign in name)
    return " ".join("".join(kept).split())
