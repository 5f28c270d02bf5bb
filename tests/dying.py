"""``sensei`` that dies in mid-erasure: ``python -m tests.dying MOMENT POINT erase …``.

``before`` a point, ``done`` when it was done and, in a transaction, not committed. SIGKILL, from which
nothing recovers.
"""

import os
import signal
import sys
from typing import Any

from bot.__main__ import main
from bot.adapters.database.privacy.erasures import SqlErasures
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.adapters.git.clone_cache import CheckoutCache

POINTS: dict[str, tuple[type, str]] = {
    "clones": (CheckoutCache, "remove"),
    "workflows": (DbosWorkflowRecords, "forget"),
    "others' workflows": (DbosWorkflowRecords, "scrub"),
    "capstone": (SqlErasures, "capstone"),
    "rows": (SqlErasures, "person"),
    "clean": (SqlTraceSearch, "clean"),
    "search": (SqlTraceSearch, "search"),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def patch(moment: str, point: str) -> None:
    owner, method = POINTS[point]
    kept = getattr(owner, method)

    def told(*arguments: Any, **more: Any) -> Any:
        if moment == "before":
            die()
        result = kept(*arguments, **more)
        die()
        return result

    setattr(owner, method, told)


if __name__ == "__main__":
    _, when, where, *rest = sys.argv
    sys.argv = ["sensei", *rest]
    patch(when, where)
    main()
