"""Workflows that an earlier process left unfinished, before the engine continues them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from bot.adapters.engine.client import open_engine_client

log = structlog.get_logger(__name__)

_UNFINISHED = ["PENDING", "ENQUEUED", "DELAYED"]


@dataclass(frozen=True)
class UnfinishedWorkflows:
    """Lists and cancels unfinished workflows. Only for use while no engine runs on this database.

    When an engine runs, it has usually begun to continue them, and a cancelled step still runs to its end.
    """

    database: sa.Engine

    def list_ids(self, names: Sequence[str]) -> Sequence[str]:
        """List the ids of unfinished workflows with some names."""
        try:
            with open_engine_client(self.database) as client:
                if client is None:
                    return []
                found = client.list_workflows(
                    name=list(names), status=_UNFINISHED, load_input=False, load_output=False
                )
        except sa.exc.DBAPIError as failed:
            # After an upgrade of the engine, its tables are only upgraded when it starts.
            log.warning("unfinished.unknown", why=type(failed).__name__)
            return []
        return [workflow.workflow_id for workflow in found]

    def cancel(self, ids: Sequence[str]) -> None:
        """End workflows, so that no process continues them."""
        with open_engine_client(self.database) as client:
            if client is not None and ids:
                client.cancel_workflows(list(ids))
