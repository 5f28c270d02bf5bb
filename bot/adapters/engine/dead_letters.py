"""Listing and retrying workflows that gave up, from outside the serving process.

The serving process starts a retried workflow the next time that it polls the queue.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, SetWorkflowID

from bot.adapters.engine.dbos import QUEUE, TALK_QUEUE, TALKING_WORKFLOWS
from bot.ports.engine import ATTEMPT_SEPARATOR, RETRY_SEPARATOR, DeadLetter

_DEAD = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@dataclass(frozen=True)
class DbosDeadLetters:
    """``ports.engine.DeadLetters`` over the engine's tables in a database."""

    database: sa.Engine
    now: Callable[[], datetime]

    def all(self) -> Sequence[DeadLetter]:
        """List the workflows that gave up and wait for a person, without those that were retried."""
        with self._client() as client:
            if client is None:
                return []
            found = client.list_workflows(status=_DEAD, was_forked_from=False, load_input=False)
        return [
            DeadLetter(workflow.workflow_id, workflow.name, _describe_error(workflow.error))
            for workflow in found
        ]

    def retry(self, id_: str) -> bool:
        """Continue a workflow from the step that failed; False if none with this id has given up."""
        with self._client() as client:
            if client is None:
                return False
            found = client.list_workflows(
                workflow_ids=[id_], status=_DEAD, was_forked_from=False, load_input=False, load_output=False
            )
            if not found:
                return False
            steps: list[Any] = list(client.list_workflow_steps(id_))
            queue = TALK_QUEUE if found[0].name in TALKING_WORKFLOWS else QUEUE
            with SetWorkflowID(f"{id_}{RETRY_SEPARATOR}{len(steps)}.{int(self.now().timestamp())}"):
                client.fork_workflow(id_, _first_step(steps), queue_name=queue)
        return True

    @contextmanager
    def _client(self) -> Iterator[DBOSClient | None]:
        """Open the engine's tables; yield None if the bot has never run."""
        schema = None if self.database.dialect.name == "sqlite" else "dbos"
        if not sa.inspect(self.database).has_table("workflow_status", schema=schema):
            yield None
            return
        client = DBOSClient(
            system_database_engine=self.database,
            serializer=DBOSPortableJSONSerializer(),
            retry_connection_errors=False,
        )
        try:
            yield client
        finally:
            client.destroy()


def _describe_error(error: object) -> str:
    return str(error) if error else "the process died each time"


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
