"""Workflows that gave up, read and set going again from outside the serving process.

The serving process takes up what is set going here at its next look into the queue.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, SetWorkflowID

from bot.adapters.engine.dbos import QUEUE
from bot.ports.engine import AGAIN, RETRIED, DeadLetter

_DEAD = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@dataclass(frozen=True)
class DbosDeadLetters:
    """``ports.engine.DbosDeadLetters`` over the engine's tables in a database."""

    database: sa.Engine
    now: Callable[[], datetime]

    def all(self) -> Sequence[DeadLetter]:
        """List what gave up and waits for a person; what was set going again is not among it."""
        with self._client() as client:
            if client is None:
                return []
            found = client.list_workflows(status=_DEAD, was_forked_from=False, load_input=False)
        return [
            DeadLetter(one.workflow_id, one.name, str(one.error) if one.error else "died again and again")
            for one in found
        ]

    def retry(self, id_: str) -> bool:
        """Let one go on from the step that did not work; False if there is none of this id."""
        with self._client() as client:
            if client is None:
                return False
            found = client.list_workflows(
                workflow_ids=[id_], status=_DEAD, was_forked_from=False, load_input=False, load_output=False
            )
            if not found:
                return False
            steps: list[Any] = list(client.list_workflow_steps(id_))
            with SetWorkflowID(f"{id_}{RETRIED}{len(steps)}.{int(self.now().timestamp())}"):
                client.fork_workflow(id_, _start(steps), queue_name=found[0].queue_name or QUEUE)
        return True

    @contextmanager
    def _client(self) -> Iterator[DBOSClient | None]:
        """Open the engine's tables; None where nothing was ever served."""
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


def _start(steps: Sequence[Any]) -> int:
    """Return the number of the step to go on from.

    What was tried many times failed with a result, not with an error: all of its attempts are forgotten.
    """
    if not steps:
        return 1
    last = steps[-1]
    output = last["output"]
    number: int = last["function_id"]
    if last["error"] is None and not (isinstance(output, dict) and output.get("outcome") == "later"):
        return number + 1
    name = last["function_name"].partition(AGAIN)[0]  # which the first attempt bears
    return next((step["function_id"] for step in steps if step["function_name"] == name), number)
