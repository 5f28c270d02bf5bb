"""What is wrong with this machine: git, free disk space, the folder of clones."""

from bot.domain.setup.findings import Finding

LEAST_ROOM, LITTLE_ROOM = 100 * 1024**2, 1024**3  # bytes
OLDEST_GIT, GOOD_GIT = (2, 31), (2, 40)  # GIT_CONFIG_COUNT; GIT_ATTR_SOURCE


def judge_git(version: str | None) -> Finding:
    """Judge git by its version, which is None if git cannot be run."""
    if version is None:
        return Finding("git", "bad", "git cannot be run.", "Install git 2.40 or newer.")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_GIT:
        return Finding("git", "bad", f"git {version} is too old.", "Install git 2.40 or newer.")
    if numbers < GOOD_GIT:
        text = f"git {version} does not support all ignore rules."
        return Finding("git", "warning", text, "Install git 2.40 or newer.")
    return Finding("git", "ok", f"git {version}.")


def judge_free_space(purpose: str, place: str, free: int) -> Finding:
    """Judge the free space on a disk."""
    text = f"Free space for {purpose} ({place}): {format_size(free)}."
    if free < LEAST_ROOM:
        return Finding("disk", "bad", text, "Free some disk space. Without it, Sensei cannot store anything.")
    if free < LITTLE_ROOM:
        return Finding("disk", "warning", text, "Free some disk space before it runs out.")
    return Finding("disk", "ok", text)


def judge_clones(place: str, unwritable: str, used: int, most: int, free: int) -> Finding:
    """Judge the folder of clones: it uses ``used`` of ``most`` bytes, on a disk with ``free`` bytes left."""
    if unwritable:
        text = f"Sensei cannot write clones to {place}: {unwritable}."
        return Finding("clones", "bad", text, "Set SENSEI_CHECKOUTS to another folder.")
    text = f"Clones use {format_size(used)} of {format_size(most)} in {place}."
    if used > most:
        return Finding(
            "clones",
            "warning",
            text,
            "When Sensei next reads a repository, it will delete some. To prevent that, raise "
            "SENSEI_CHECKOUTS_MAX_BYTES.",
        )
    if most - used > free:
        return Finding(
            "clones",
            "warning",
            f"{text} The disk has only {format_size(free)} left, so it may fill up before the clones "
            f"reach their limit.",
            "Lower SENSEI_CHECKOUTS_MAX_BYTES, or set SENSEI_CHECKOUTS to a folder on a larger disk.",
        )
    return Finding("clones", "ok", text)


def format_size(count: int) -> str:
    """Return a number of bytes in readable form."""
    scaled = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if scaled < 1024:
            return f"{scaled:.3g} {unit}"
        scaled /= 1024
    return f"{scaled:.3g} TB"
