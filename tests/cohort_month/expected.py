"""What people must get without asking, worked out by hand from the script and the rules of docs/check-ins.md.

Each line has the date and the time where its reader is.
"""

from collections.abc import Mapping, Sequence

_MONDAYS = ("Mon 08 Mar", "Mon 15 Mar", "Mon 22 Mar", "Mon 29 Mar", "Mon 05 Apr")
_TUESDAYS = ("Tue 09 Mar", "Tue 16 Mar", "Tue 23 Mar", "Tue 30 Mar", "Tue 06 Apr")

EXPECTED: Mapping[str, Sequence[str]] = {
    # On the Wednesday of the third week, her brief comes first, so the check-in is on Thursday, and the
    # question about the hour on Friday. The fourth comes when the outage ends, in the afternoon. What came of
    # her defence comes ten minutes after her sensei has ruled on it; the check-in waits until the day after.
    "Ada": (
        "Wed 10 Mar 10:00 check-in",
        "Wed 17 Mar 10:00 check-in",
        "Wed 24 Mar 09:00 brief",
        "Thu 25 Mar 10:00 check-in",
        "Fri 26 Mar 09:00 afterwards",
        "Thu 01 Apr 14:00 check-in",
        "Thu 08 Apr 11:10 outcomes",
        "Fri 09 Apr 10:00 check-in",
    ),
    # He answers nothing before the outage, so each check-in has its reminder, and is skipped two days later.
    "Bo": (
        "Wed 10 Mar 10:00 check-in",
        "Fri 12 Mar 10:00 reminder",
        "Wed 17 Mar 10:00 check-in",
        "Fri 19 Mar 10:00 reminder",
        "Wed 24 Mar 10:00 check-in",
        "Fri 26 Mar 10:00 reminder",
        "Thu 01 Apr 17:30 check-in",
        "Wed 07 Apr 10:00 check-in",
        "Fri 09 Apr 10:00 reminder",
    ),
    # In the second week she has just confirmed a decision, in the third she is away from Wednesday on.
    "Cleo": (
        "Wed 10 Mar 10:00 check-in",
        "Thu 01 Apr 09:00 check-in",
        "Wed 07 Apr 10:00 check-in",
        "Fri 09 Apr 10:00 reminder",
    ),
    # In the second week he confirms a decision on Monday. After the outage, his next morning is a Friday. In
    # the last week, his check-in is still open on Wednesday.
    "Dan": (
        "Wed 10 Mar 10:00 check-in",
        "Wed 24 Mar 10:00 check-in",
        "Fri 02 Apr 08:00 check-in",
        "Tue 06 Apr 08:00 reminder",
    ),
    "Eve": (
        "Wed 10 Mar 10:00 check-in",
        "Wed 17 Mar 10:00 check-in",
        "Wed 24 Mar 10:00 check-in",
        "Fri 02 Apr 09:00 check-in",
        "Wed 07 Apr 10:00 check-in",
        "Fri 09 Apr 10:00 reminder",
    ),
    "Fia": ("Wed 10 Mar 10:00 check-in",),
    # On the Sundays of the third and the fifth week.
    "Gil": (
        "Wed 10 Mar 10:00 check-in",
        "Sun 28 Mar 09:30 check-in",
        "Tue 30 Mar 09:30 reminder",
        "Sun 11 Apr 09:30 check-in",
    ),
    # She pauses in the third week. In the last one, her check-in is still open on Wednesday.
    "Hana": (
        "Wed 10 Mar 10:00 check-in",
        "Wed 17 Mar 10:00 check-in",
        "Fri 02 Apr 09:00 check-in",
        "Tue 06 Apr 09:00 reminder",
    ),
    "Sen": (
        *(f"{day} 09:00 digest" for day in _MONDAYS),
        "Wed 24 Mar 09:00 brief",
        "Thu 25 Mar 15:00 afterwards",
    ),
    "Sol": (
        "Sun 07 Mar 10:00 digest",
        "Tue 09 Mar 10:00 design document",
        *(f"{day} 10:00 digest" for day in _MONDAYS),
    ),
    "Sam": (*(f"{day} 09:00 digest" for day in _MONDAYS), "Wed 10 Mar 10:31 hand-over"),
    "Sid": (
        *(f"{day} 09:00 lead digest" for day in _MONDAYS),
        *(f"{day} 08:00 digest" for day in _TUESDAYS),
    ),
}
"""The digest of Sol on the first Sunday is that of the week before: the service begins that day.

Gil's design document arrives on Monday, but Sol has had a digest then, so hears about it on Tuesday.
"""

PROMPTED: Mapping[str, Sequence[str]] = {
    "Dan": ("Mon 15 Mar 08:00 reminder",),
    "Hana": ("Tue 16 Mar 11:00 check-in",),
}
"""What looks the same, but came because they had asked for it."""

TOLD: Mapping[str, Sequence[str]] = {
    "Sen": ("Bo · skipped the last two check-ins",),
    "Sid": ("Eve · skipped the last two check-ins",),
    "Ada": ("Your defence: the questions",),
    "Gil": ("Your design document",),
}
"""What must stand in one of somebody's messages in the end."""
