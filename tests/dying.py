"""``sensei`` that dies in mid-erasure: ``python -m tests.dying MOMENT POINT erase …``.

``before`` a point, ``done`` when it was done and, in a transaction, not committed. SIGKILL, from which
nothing recovers.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from bot.__main__ import main
from bot.adapters.database.privacy.erasures import SqlErasures
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.adapters.git.clone_cache import CheckoutCache

POINTS: dict[str, tuple[type, Callable[..., Any]]] = {
    "clones": (CheckoutCache, CheckoutCache.remove),
    "workflows": (DbosWorkflowRecords, DbosWorkflowRecords.forget),
    "others' workflows": (DbosWorkflowRecords, DbosWorkflowRecords.scrub),
    "capstone": (SqlErasures, SqlErasures.erase_capstone),
    "rows": (SqlErasures, SqlErasures.erase_person),
    "clean": (SqlTraceSearch, SqlTraceSearch.clean),
    "search": (SqlTraceSearch, SqlTraceSearch.search),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def patch(moment: str, point: str) -> None:
    owner, kept = POINTS[point]

    def told(*arguments: Any, **more: Any) -> Any:
        if moment == "before":
            die()
        result = kept(*arguments, **more)
        die()
        return result

    setattr(owner, kept.__name__, told)


if __name__ == "__main__":
    _, when, where, *rest = sys.argv
    sys.argv = ["sensei", *rest]
    patch(when, where)
    main()
