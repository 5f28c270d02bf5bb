"""Durations in words."""


def format_hours(minutes: int) -> str:
    """Return minutes as hours, rounded down to half an hour; below half an hour as minutes."""
    if minutes < 30:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    whole, half = divmod(minutes // 30, 2)
    if not whole:
        return "half an hour"
    return f"{whole}{'½' if half else ''} hour{'' if (whole, half) == (1, 0) else 's'}"
