"""Durable workflows by DBOS, in the application's own database.

DBOS is one per process. Its traps, each found by a crash or a count, are in docs/reliability.md.
"""

import functools
import logging
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
    SetWorkflowID,
    SQLAlchemyDatasource,
)
from dbos._datasource import DatasourceOptions
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.adapters.database.transaction import SqlTx, take_turn
from bot.ports.engine import Json, Workflow
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Tx

T = TypeVar("T")
log = structlog.get_logger(__name__)

# A changed workflow would strand what is pending if the version were a digest of the source, as by default.
VERSION = "wf-1"
EXECUTOR = "sensei"
QUEUE = "work"
# What talks to people has turns of its own: while their chat is slow, or gone for hours, all that is to be
# said waits with its place taken, and would keep all else from its turn.
TALK = "talk"
TALKING_AT_ONCE = 8
# What kills its process must not do so for ever, and what was only there when it died should go on: what was
# in hand when its process died goes on ten times, then a person decides.
MOST_RECOVERIES = 10
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_MOST_FORGOTTEN = 500  # in one transaction
# On SQLite one writes and the others wait, each with a connection of DBOS' in hand; the one who writes needs
# a further one to look whether the workflow is still its own. With too few of them everything stood still
# until a wait of 30 s ran out. DBOS' own threads and the pump write as well.
POOL_BESIDE_WORKFLOWS = 8


class _Steps:
    """``ports.engine.Steps``: DBOS's steps, and its transactions as ours."""

    def __init__(
        self,
        source: SQLAlchemyDatasource,
        tenant: str,
        now: Callable[[], datetime],
        measured: Callable[[str, float, bool], None],
    ) -> None:
        self._source = source
        self._tenant = tenant
        self._now = now
        self._measured = measured

    def step(self, name: str, do: Callable[[], T]) -> T:
        def timed() -> T:
            # Within the step, so that nothing is measured of what is only taken from the record.
            began = time.monotonic()
            done = do()
            later = isinstance(done, dict) and done.get("outcome") == "later"
            self._measured(name, time.monotonic() - began, later)
            return done

        return DBOS.run_step({"name": name}, timed)

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        def within() -> T:
            session = self._source.sql_session()
            if not isinstance(session, Session):
                raise TypeError("the data source was made with SQLModel's sessions")
            take_turn(session)
            done = do(SqlTx(session, self._tenant, self._now))
            session.flush()
            return done

        options: DatasourceOptions = {"name": name}
        if self._source.engine.dialect.name == "postgresql":
            # Who has the turn sees what those before have committed; DBOS' own level would show what was
            # there when the wait began.
            options["isolation_level"] = "READ COMMITTED"
        return self._source.run_tx_step(options, within)

    def sleep(self, name: str, seconds: float) -> None:
        del name  # DBOS numbers its sleeps
        DBOS.sleep(seconds)


class DurableEngine:
    """``ports.engine.Engine``. Register every workflow, then ``start``; ``stop`` before the process ends."""

    def __init__(  # noqa: PLR0913 - what it works on, and how
        self,
        database: sa.Engine,
        tenant: str,
        now: Callable[[], datetime],
        *,
        at_once: int = 2,
        polling: float = 0.2,
        measures: Metrics | None = None,
    ) -> None:
        """``at_once`` workflows run together, sleeping ones too; the rest wait, the first one first.

        Beside them run ``TALKING_AT_ONCE`` of those that talk to people.
        """
        self._database = database
        self._tenant = tenant
        self._now = now
        self._at_once = at_once
        self._polling = polling
        self._measures = measures or NoMetrics()
        self._workflows: dict[str, Callable[[Json], Json]] = {}
        self._talk: set[str] = set()
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
            "notification_listener_polling_interval_sec": 1.0,
            "sys_db_pool_size": self._at_once + TALKING_AT_ONCE + POOL_BESIDE_WORKFLOWS,
            "db_engine_kwargs": {"hide_parameters": True},
        }
        return config

    def workflow(self, name: str, do: Workflow, *, talks: bool = False) -> None:
        """Register a workflow; a name that is taken is a bug: DBOS would accept it silently.

        One that ``talks`` to people waits for no other, and no other waits for it.
        """
        if name in self._workflows:
            raise ValueError(f"there is a workflow {name} already")

        def measured(step: str, seconds: float, again: bool) -> None:
            self._measures.stepped(name, step, seconds, again=again)

        @functools.wraps(do)
        def body(argument: Json) -> Json:
            if self._source is None:
                raise RuntimeError("a workflow ran before the engine started")
            try:
                return do(_Steps(self._source, self._tenant, self._now, measured), argument)
            except Exception:
                log.exception("workflow.gave_up", workflow=name, argument=argument)
                raise

        if talks:
            self._talk.add(name)
        self._workflows[name] = DBOS.workflow(name=name, max_recovery_attempts=MOST_RECOVERIES)(body)

    def start(self) -> None:
        """Go on with what a former process left, and take up work."""
        logging.getLogger("dbos").setLevel(logging.WARNING)
        self._source = SQLAlchemyDatasource.create(
            self._database.url.render_as_string(hide_password=False),
            engine=self._database,
            serializer=DBOSPortableJSONSerializer(),
            sessionmaker=sessionmaker(class_=Session, expire_on_commit=False),
        )
        DBOS.launch()
        for queue, at_once in ((QUEUE, self._at_once), (TALK, TALKING_AT_ONCE)):
            DBOS.register_queue(queue, worker_concurrency=at_once, polling_interval_sec=self._polling)

    def stop(self, seconds: int = 30) -> None:
        """Let what runs come to an end, so long; the rest goes on in the next process."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=seconds)
        self._workflows.clear()
        self._talk.clear()
        self._source = None

    def run(self, name: str, id_: str, argument: Json) -> None:
        """Begin a workflow in the background; nothing if this id has begun before."""
        with SetWorkflowID(id_):
            DBOS.enqueue_workflow(TALK if name in self._talk else QUEUE, self._workflows[name], argument)

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """List the ids of what has begun, or waits for its turn, and has not ended; of some names, or all."""
        found = DBOS.list_workflows(
            name=None if names is None else list(names),
            status=["PENDING", "ENQUEUED", "DELAYED"],
            load_input=False,
            load_output=False,
        )
        return [each.workflow_id for each in found]

    def forget(self, names: Sequence[str], before: datetime) -> int:
        """Forget workflows of some names that ended before a moment, however they did; return how many."""
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
            DBOS.delete_workflows([each.workflow_id for each in found])
            forgotten += len(found)
