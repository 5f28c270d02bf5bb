"""Doing things outside from a workflow: once more where it did not work, and not for ever.

A step's result is JSON, and an expected failure is a result as well: after a crash an exception comes back
from the record as another class, so whoever catches by class would branch differently then.
"""

from collections.abc import Callable
from typing import Any

import structlog

from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError
from bot.ports.code_host import HostRejectedError
from bot.ports.engine import AGAIN, Json, Steps

log = structlog.get_logger(__name__)

MOST_TRIES = 40
LONGEST_PAUSE = 300.0
_FIRST_PAUSE = 1.0


class SupersededError(Exception):
    """What was to be done is not wanted any more."""


class GaveUpError(Exception):
    """Something outside did not work for hours. A person can let the workflow go on."""


def insist(steps: Steps, name: str, do: Callable[[], Json]) -> Json:
    """Do something outside until it works, is refused for good, or has failed for hours.

    Returns what ``do`` returned with ``outcome: done``, or ``outcome: stop`` (``PermanentError``),
    ``incomplete`` or ``rejected``, each with ``why``; or ``outcome: superseded``.

    Raises:
        GaveUp: after 40 tries, in all some three hours.
    """
    for attempt in range(MOST_TRIES):
        result = steps.step(f"{name}{AGAIN}{attempt}" if attempt else name, lambda: _outcome(name, do))
        if result["outcome"] != "later":
            return result
        if attempt == MOST_TRIES - 1:
            break
        pause = result["pause"]
        if pause is None:
            pause = min(LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
        steps.sleep(f"{name}{AGAIN}pause", pause)
    raise GaveUpError(f"{name} did not work {MOST_TRIES} times: {result['why']}")


def attempt(steps: Steps, name: str, do: Callable[[], Json]) -> Json:
    """Do something outside that may as well stay undone, once; outcomes as of ``insist``, or ``later``."""
    return steps.step(name, lambda: _outcome(name, do))


def _outcome(name: str, do: Callable[[], Json]) -> dict[str, Any]:
    try:
        return {"outcome": "done", **do()}
    except TransientError as failed:
        log.info("step.later", step=name, why=str(failed), retry_in=failed.retry_in)
        return {"outcome": "later", "why": str(failed), "pause": failed.retry_in}
    except PermanentError as failed:
        log.warning("step.stopped", step=name, why=failed.what, remedy=failed.remedy)
        return {"outcome": "stop", "why": failed.what}
    except HostRejectedError as refused:
        log.warning("step.refused", step=name, why=refused.what)
        return {"outcome": "rejected", "why": refused.what}
    except SupersededError:
        return {"outcome": "superseded"}
    except (IncompleteReadingError, UserError) as missing:
        return {"outcome": "incomplete", "why": str(missing)}


# A list may not show for a while what was just made; longer than this was never seen.
LIST_LAG = 2.0
