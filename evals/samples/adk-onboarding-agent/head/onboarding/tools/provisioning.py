"""What a joiner needs on the first day."""

import logging
import subprocess
from contextlib import closing

from onboarding.tools.people import connect

logger = logging.getLogger(__name__)

LAPTOPS = ("13-inch", "14-inch")
HIGHEST_BADGE_LEVEL = 2  # 3 and above open the data centre and are given by facilities only


def order_laptop(employee_id: str, model: str) -> dict:
    """Order a laptop for a joiner. Costs money; cannot be cancelled after 17:00.

    Args:
        employee_id: the id from find_person.
        model: "13-inch" or "14-inch".

    Returns:
        A dict with "status", or "error".
    """
    if model not in LAPTOPS:
        return {"error": f"no such model; choose one of {', '.join(LAPTOPS)}"}
    return _update("laptop", model, employee_id)


def grant_badge(employee_id: str, level: int) -> dict:
    """Give a joiner's badge a level, 1 (offices) or 2 (offices and lab).

    Args:
        employee_id: the id from find_person.
        level: 1 or 2.

    Returns:
        A dict with "status", or "error".
    """
    if not 1 <= level <= HIGHEST_BADGE_LEVEL:
        return {"error": "level 3 and above are given by facilities"}
    return _update("badge_level", level, employee_id)


def check_workstation(hostname: str) -> dict:
    """Say whether a joiner's workstation is on the network yet.

    Args:
        hostname: as printed on its label, such as "ws-0417".

    Returns:
        A dict with "reachable" and the "output" of the check.
    """
    finished = subprocess.run(
        f"nslookup {hostname} && ping -c 1 -W 2 {hostname}",
        shell=True,
        capture_output=True,
        text=True,
        timeout=15,
    )
    return {"reachable": finished.returncode == 0, "output": finished.stdout[-500:]}


def _update(column: str, value: str | int, employee_id: str) -> dict:
    with closing(connect()) as connection, connection:
        changed = connection.execute(
            f"UPDATE people SET {column} = ? WHERE id = ?", (value, employee_id)
        ).rowcount
    logger.info("%s set for %s", column, employee_id)
    return {"status": "done"} if changed else {"error": "no such employee"}
