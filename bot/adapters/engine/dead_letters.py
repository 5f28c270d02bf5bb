"""Listing and retrying workflows that gave up, from outside the serving process.

The serving process starts a retried workflow the next time that it polls the queue.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from dbos import SetWorkflowID, WorkflowStatus

from bot.adapters.engine.client import open_engine_client
from bot.adapters.engine.dbos import find_queue
from bot.domain.jobs.backlog import PERIODIC_WORKFLOWS
from bot.ports.engine import (
    ATTEMPT_SEPARATOR,
    OWN_RETRY_MARK,
    RETRY_SEPARATOR,
    DeadLetter,
    GiveUpCause,
)
from bot.workflows.jobs.retry import RefusedError

_CRASHED = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
_DEAD = ["ERROR", _CRASHED]


@dataclass(frozen=True)
class DbosDeadLetters:
    """``ports.engine.DeadLetters`` over the engine's tables in a database."""

    database: sa.Engine
    now: Callable[[], datetime]

    def all(self) -> Sequence[DeadLetter]:
        """List the workflows that gave up and wait for a person, without those that were retried."""
        with open_engine_client(self.database) as client:
            if client is None:
                return []
            found = client.list_workflows(status=_DEAD, was_forked_from=False, load_input=False)
        return [_as_dead_letter(workflow) for workflow in found if workflow.name not in PERIODIC_WORKFLOWS]

    def retry(self, id_: str, *, by_sensei: bool = False) -> bool:
        """Continue a workflow from the step that failed; False if none with this id has given up."""
        with open_engine_client(self.database) as client:
            if client is None:
                return False
            found = client.list_workflows(
                workflow_ids=[id_], status=_DEAD, was_forked_from=False, load_input=False, load_output=False
            )
            if not found:
                return False
            steps: list[Any] = list(client.list_workflow_steps(id_))
            mark = OWN_RETRY_MARK if by_sensei else ""
            suffix = f"{mark}{len(steps)}.{int(self.now().timestamp())}"
            # A workflow that was given up after crashes has no queue any more.
            queue = find_queue(found[0].name)
            with SetWorkflowID(f"{id_}{RETRY_SEPARATOR}{suffix}"):
                client.fork_workflow(id_, _first_step(steps), queue_name=queue)
        return True


def _as_dead_letter(workflow: WorkflowStatus) -> DeadLetter:
    error = workflow.error
    ended = workflow.completed_at or workflow.updated_at or workflow.created_at or 0
    ended_at = datetime.fromtimestamp(ended / 1000, UTC)
    if workflow.status == _CRASHED or error is None:
        cause, words = GiveUpCause.CRASHES, "the process died each time"
    else:
        # From the record, an error has a class of the engine's own, and its former class as a name.
        name = getattr(error, "name", type(error).__name__)
        cause = GiveUpCause.REFUSED if name == RefusedError.__name__ else GiveUpCause.FAILED
        words = str(error)
    return DeadLetter(workflow.workflow_id, workflow.name, words, ended_at, cause)


def _first_step(steps: Sequence[Any]) -> int:
    """Return the number of the step to continue from.

    A step that was tried several times fails with a result, not with an error; all its attempts are repeated.
    """
    if not steps:
        return 1
    last = steps[-1]
    output = last["output"]
    number: int = last["function_id"]
    if last["error"] is None and not (isinstance(output, dict) and output.get("outcome") == "later"):
        return number + 1
    name = last["function_name"].partition(ATTEMPT_SEPARATOR)[0]  # the name of the first attempt
    return next((step["function_id"] for step in steps if step["function_name"] == name), number)
