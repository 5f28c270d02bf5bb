"""Durable workflows on DBOS, in the application's own database.

There can be only one DBOS in a process. docs/reliability.md lists its pitfalls.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
import structlog
from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    Queue,
    SetWorkflowID,
    SQLAlchemyDatasource,
    error,
)
from dbos._datasource import DatasourceOptions
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.adapters.database.connections import open_read_only
from bot.adapters.database.sqlite_turns import QueuingConnection
from bot.adapters.database.transaction import SqlTx, take_turn
from bot.adapters.engine.slots import WorkflowSlots
from bot.ports.engine import Json, UnknownWorkflowError, Workflow
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Tx
from bot.workflows.jobs.fair_shares import MOST_HOMES

T = TypeVar("T")
log = structlog.get_logger(__name__)

# A fixed version: by default it is a digest of the source, so changing a workflow would strand pending ones.
VERSION = "wf-1"
EXECUTOR = "sensei"
QUEUE = "work"
# Workflows that talk to people have their own queue. While the chat is slow, or down for hours, messages
# occupy their places in the queue, and would block all other work.
TALK_QUEUE = "talk"
TALKING_AT_ONCE = 8
# Homes too: while they wait for Slack's limit, which is low, they would occupy the places of messages.
HOME_QUEUE = "homes"
# Check-ins too: those of a cohort are due at the same time, and each may ask a model. Their reminders are due
# together as well.
CHECK_IN_QUEUE = "check_ins"
CHECK_INS_AT_ONCE = 4
# A person waits for an answer to what they asked: behind readings or messages, it would come too late.
ENQUIRY_QUEUE = "enquiries"
ENQUIRIES_AT_ONCE = 6
_TALKING = {
    "message": TALK_QUEUE,
    "rewrite": TALK_QUEUE,
    "report": TALK_QUEUE,
    "enquiry_form": TALK_QUEUE,
    "home": HOME_QUEUE,
    "pane": HOME_QUEUE,
    "enquiry": ENQUIRY_QUEUE,
    "enquiry_deletion": ENQUIRY_QUEUE,
}
_QUEUES = {**_TALKING, "check_in": CHECK_IN_QUEUE, "check_in_reminder": CHECK_IN_QUEUE}
TALKING_WORKFLOWS = frozenset(_TALKING)
"""The workflows that talk to people."""
RARELY = 25.0
"""How many times as long as usual to wait between two polls of an empty queue.

Only a retry by another process (``sensei dead retry``) has to wait for the poll: this process starts
workflows without it.
"""
# A workflow that kills its process must not be repeated for ever, but one that merely ran when the process
# died should continue. So a workflow is recovered ten times; then a person decides.
MOST_RECOVERIES = 10
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_MOST_FORGOTTEN = 500  # in one transaction
# On SQLite one workflow writes while the others wait, each of them holding one of DBOS' connections. The
# writer needs another connection to check that the workflow is still its own. With too few connections,
# everything stopped until a timeout of 30 s. DBOS' own threads and the dispatcher write as well.
SPARE_CONNECTIONS = 8


def find_queue(workflow: str) -> str:
    """Return the name of the queue in which a workflow waits."""
    return _QUEUES.get(workflow, QUEUE)


class _Steps:
    """``ports.engine.Steps`` on DBOS: its steps, and its transactions in the form of our store's."""

    def __init__(
        self,
        source: SQLAlchemyDatasource,
        tenant: str,
        now: Callable[[], datetime],
        measure: Callable[[str, float, bool], None],
    ) -> None:
        self._source = source
        self._tenant = tenant
        self._now = now
        self._measure = measure

    def step(self, name: str, do: Callable[[], T]) -> T:
        def run_timed() -> T:
            # Measured within the step, so that a recorded result is not measured again.
            began = time.monotonic()
            result = do()
            later = isinstance(result, dict) and result.get("outcome") == "later"
            self._measure(name, time.monotonic() - began, later)
            return result

        return DBOS.run_step({"name": name}, run_timed)

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        def run_in_transaction() -> T:
            session = self._source.sql_session()
            if not isinstance(session, Session):
                raise TypeError("the data source was made with SQLModel's sessions")
            take_turn(session)
            result = do(SqlTx(session, self._tenant, self._now))
            session.flush()
            return result

        options: DatasourceOptions = {"name": name}
        if self._source.engine.dialect.name == "postgresql":
            # A transaction that waited for its turn must see what the others have committed. With DBOS' own
            # isolation level, it would see the rows as they were when the wait started.
            options["isolation_level"] = "READ COMMITTED"
        return self._source.run_tx_step(options, run_in_transaction)

    def sleep(self, name: str, seconds: float) -> None:
        del name  # DBOS numbers sleeps itself, so no name is needed
        DBOS.sleep(seconds)


class DurableEngine:
    """``ports.engine.Engine``. Register every workflow, then ``start``; ``stop`` before the process ends."""

    def __init__(  # noqa: PLR0913 - the database, and settings
        self,
        database: sa.Engine,
        tenant: str,
        now: Callable[[], datetime],
        *,
        at_once: int = 2,
        polling: float = 0.2,
        measures: Metrics | None = None,
    ) -> None:
        """At most ``at_once`` workflows run at a time, sleeping ones included; the rest wait in a queue.

        ``TALKING_AT_ONCE`` workflows that send messages and ``MOST_HOMES`` that publish App Homes may run in
        addition. While workflows are queued, their queue is polled every ``polling`` seconds.
        """
        self._database = database
        self._tenant = tenant
        self._now = now
        self._slots = {
            QUEUE: WorkflowSlots(at_once),
            TALK_QUEUE: WorkflowSlots(TALKING_AT_ONCE),
            HOME_QUEUE: WorkflowSlots(MOST_HOMES),
            CHECK_IN_QUEUE: WorkflowSlots(CHECK_INS_AT_ONCE),
            ENQUIRY_QUEUE: WorkflowSlots(ENQUIRIES_AT_ONCE),
        }
        self._polling = polling
        self._queues: list[Queue] = []
        self._polls_often = True
        self._polling_lock = threading.Lock()
        self._measures = measures or NoMetrics()
        self._workflows: dict[str, Callable[[Json], Json]] = {}
        self._source: SQLAlchemyDatasource | None = None
        DBOS(config=self._config())

    def _config(self) -> DBOSConfig:
        url = self._database.url
        config: DBOSConfig = {
            "name": "sensei",
            "system_database_url": url.render_as_string(hide_password=False),
            "application_version": VERSION,
            "executor_id": EXECUTOR,
            "log_level": "WARNING",
            "serializer": DBOSPortableJSONSerializer(),
            "enable_otlp": False,
            # Sensei uses no notifications or events of DBOS. On PostgreSQL, DBOS would look for events to
            # announce a hundred times a second.
            "notification_listener_polling_interval_sec": 1.0,
            "notification_coalesce_sec": 0.5,
            # Twice, because after a crash, DBOS starts recovered workflows without regard to our slots.
            "sys_db_pool_size": SPARE_CONNECTIONS + sum(2 * slots.at_once for slots in self._slots.values()),
            "db_engine_kwargs": {"hide_parameters": True},
        }
        if url.get_backend_name() == "sqlite":  # DBOS's writers queue with our own
            config["db_engine_kwargs"] = {
                "hide_parameters": True,
                "connect_args": {"factory": QueuingConnection},
            }
        return config

    def workflow(self, name: str, do: Workflow) -> None:
        """Register a workflow. Those of ``TALKING_WORKFLOWS`` wait in queues of their own.

        Raises:
            ValueError: the name is taken. DBOS would accept it silently.
        """
        if name in self._workflows:
            raise ValueError(f"there is already a workflow {name}")

        def measure(step: str, seconds: float, again: bool) -> None:
            self._measures.record_step(name, step, seconds, again=again)

        @functools.wraps(do)
        def run_workflow(argument: Json) -> Json:
            if self._source is None:
                raise RuntimeError("a workflow ran before the engine started")
            id_, slots = DBOS.workflow_id or "", self._slots[find_queue(name)]
            slots.enter(id_)
            try:
                return do(_Steps(self._source, self._tenant, self._now, measure), argument)
            except Exception:
                log.exception("workflow.gave_up", workflow=name, argument=argument)
                raise
            finally:
                slots.leave(id_)

        self._workflows[name] = DBOS.workflow(name=name, max_recovery_attempts=MOST_RECOVERIES)(run_workflow)

    def start(self) -> None:
        """Continue the workflows that an earlier process left unfinished, and start working."""
        logging.getLogger("dbos").setLevel(logging.WARNING)
        self._source = SQLAlchemyDatasource.create(
            self._database.url.render_as_string(hide_password=False),
            engine=self._database,
            serializer=DBOSPortableJSONSerializer(),
            sessionmaker=sessionmaker(class_=Session, expire_on_commit=False),
        )
        DBOS.launch()
        self._polls_often = True  # an earlier process may have left workflows in the queues
        self._queues = [
            DBOS.register_queue(name, worker_concurrency=slots.queued, polling_interval_sec=self._polling)
            for name, slots in self._slots.items()
        ]

    def stop(self, seconds: int = 30) -> None:
        """Wait this many seconds for running workflows to end; the next process continues the rest."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=seconds)
        self._workflows.clear()
        self._queues.clear()
        self._source = None

    def run(self, name: str, id_: str, argument: Json) -> None:
        """Start a workflow in the background. Do nothing if one with this id was started before.

        If no slot is free, the workflow waits in a queue.

        Raises:
            UnknownWorkflowError: no workflow with this name is registered.
        """
        if name not in self._workflows:
            raise UnknownWorkflowError(name)
        queue = find_queue(name)
        if self._slots[queue].take(id_):
            self._start(name, id_, argument)
            return
        self._poll(often=True)
        with SetWorkflowID(id_):
            DBOS.enqueue_workflow(queue, self._workflows[name], argument)

    def _start(self, name: str, id_: str, argument: Json) -> None:
        """Start a workflow at once; its slot is taken."""
        started = False
        try:
            with SetWorkflowID(id_, workflow_id_reuse_policy="reject"):
                DBOS.start_workflow(self._workflows[name], argument)
            started = True
        except error.DBOSWorkflowIDInUseError:
            known = DBOS.get_workflow_status(id_)
            if known is not None and known.name != name:
                raise  # otherwise it was started before
        finally:
            if not started:
                self._slots[find_queue(name)].leave(id_)

    def rest(self) -> None:
        """Poll the queues rarely while they are empty. Call this every few seconds.

        It also polls them often again: another process, or ``run`` at the same moment, may have queued work.
        """
        self._poll(often=self._is_any_queued())

    def _is_any_queued(self) -> bool:
        # DBOS's own list would read every workflow that ever ran: only a query that names the states as
        # literals can use the index of unfinished ones.
        schema = "dbos" if self._database.dialect.name == "postgresql" else None
        table = sa.table("workflow_status", sa.column("status"), sa.column("queue_name"), schema=schema)
        unfinished = table.c.status.in_([sa.literal_column("'ENQUEUED'"), sa.literal_column("'PENDING'")])
        queued = table.c.status == "ENQUEUED", table.c.queue_name.in_(list(self._slots))
        query = sa.select(sa.literal(1)).where(unfinished, *queued).limit(1)
        with open_read_only(self._database) as connection:
            return connection.execute(query).first() is not None

    def _poll(self, *, often: bool) -> None:
        with self._polling_lock:
            if self._polls_often is not often:
                for queue in self._queues:
                    queue.set_polling_interval_sec(self._polling if often else self._polling * RARELY)
                self._polls_often = often

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """List the ids of workflows that are running or queued: those with some names, or all."""
        found = DBOS.list_workflows(
            name=None if names is None else list(names),
            status=["PENDING", "ENQUEUED", "DELAYED"],
            load_input=False,
            load_output=False,
        )
        return [workflow.workflow_id for workflow in found]

    def forget(self, names: Sequence[str], before: datetime) -> int:
        """Delete workflows with some names that ended, in any way, before a moment; return how many."""
        forgotten = 0
        while True:
            found = DBOS.list_workflows(
                name=list(names),
                status=_ENDED,
                completed_before=before.isoformat(),
                limit=_MOST_FORGOTTEN,
                load_input=False,
                load_output=False,
            )
            if not found:
                return forgotten
            DBOS.delete_workflows([workflow.workflow_id for workflow in found])
            forgotten += len(found)
