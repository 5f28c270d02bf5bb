"""Calling external services from a workflow, with a limited number of retries.

A step's result is JSON, and an expected failure is a result as well. After a crash, the engine would raise a
recorded exception as another class, so a workflow that catches exceptions by class would branch differently.
"""

from collections.abc import Callable
from typing import Any

import structlog

from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError
from bot.ports.code_host import HostRejectedError
from bot.ports.engine import ATTEMPT_SEPARATOR, Json, Steps

log = structlog.get_logger(__name__)

MOST_TRIES = 40
LONGEST_PAUSE = 300.0
_FIRST_PAUSE = 1.0
PAUSED = "paused"


class SupersededError(Exception):
    """The step is no longer needed."""


class GaveUpError(Exception):
    """An external service failed for hours. A person can retry the workflow."""


class RefusedError(GaveUpError):
    """An external service refused for good. A retry is no use until a person has acted."""


class PausedError(Exception):
    """The service refuses everything until a person has acted. The work waits; it isn't given up."""


def insist(steps: Steps, name: str, do: Callable[[], Json]) -> Json:
    """Run a step until it succeeds, is permanently refused, or has failed for hours.

    Return the result of ``do`` with ``outcome: done``; or ``outcome: stop`` (``PermanentError``),
    ``incomplete`` or ``rejected``, each with ``why``; or ``outcome: superseded``, or ``paused``
    (``PausedError``).

    Raises:
        GaveUpError: after 40 attempts, which take about three hours in all.
    """
    for attempt in range(MOST_TRIES):
        result = steps.step(
            f"{name}{ATTEMPT_SEPARATOR}{attempt}" if attempt else name, lambda: _run_to_outcome(name, do)
        )
        if result["outcome"] != "later":
            return result
        if attempt == MOST_TRIES - 1:
            break
        pause = result["pause"]
        if pause is None:
            pause = min(LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
        steps.sleep(f"{name}{ATTEMPT_SEPARATOR}pause", pause)
    raise GaveUpError(f"{name} failed {MOST_TRIES} times: {result['why']}")


def attempt(steps: Steps, name: str, do: Callable[[], Json]) -> Json:
    """Run an optional step once; the outcomes are those of ``insist``, or ``later``."""
    return steps.step(name, lambda: _run_to_outcome(name, do))


def _run_to_outcome(name: str, do: Callable[[], Json]) -> dict[str, Any]:
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
    except (PausedError, SupersededError) as stopped:
        return {"outcome": PAUSED if isinstance(stopped, PausedError) else "superseded"}
    except (IncompleteReadingError, UserError) as missing:
        return {"outcome": "incomplete", "why": str(missing)}


# A list may lack a new item for a while; no longer lag has been observed.
LIST_LAG = 2.0
