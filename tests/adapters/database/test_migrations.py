import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlmodel import Session, SQLModel, select

from bot import resources
from bot.adapters.database import ModelCallRow, open_store, upgrade_store
from bot.adapters.database.connections import default_database_file
from bot.adapters.database.connections import make_engine as store_engine
from bot.adapters.database.dojo.tables import CohortRow, EnrolmentRow
from bot.adapters.database.migration import alembic_configuration
from bot.adapters.database.pull_requests.tables import CapstoneRow, PullRequestRow
from bot.adapters.database.transaction import SqlStore
from bot.errors import UserError
from tests import databases, sensei
from tests.adapters.database.rows import row


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sensei.db'}"
    else:
        with databases.fresh() as made:
            yield made


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """A database whose tables this test's migrations have made."""
    upgrade_store(url)
    with open_store(url) as made:
        yield made


@contextmanager
def changing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction like an upgrade's: while SQLite builds tables anew, it enforces no foreign keys."""
    with engine.connect() as connection:
        enforce = engine.dialect.name == "sqlite"
        if enforce:
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            if enforce:
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def test_the_migrations_make_the_very_tables_of_the_models(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        command.check(alembic_configuration(connection))


def words(expression: str) -> str:
    """A condition without what a database adds when it writes it down."""
    bare = re.sub(r"::\w+(?: varying| precision)?(?:\[\])?|\bARRAY\b|[()\[\]\s']", "", expression).lower()
    return bare.replace("=any", "in")


def test_checks_are_those_of_the_models_which_alembic_does_not_compare(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    for table in SQLModel.metadata.sorted_tables:
        found = inspector.get_check_constraints(table.name)
        assert {check["name"]: words(check["sqltext"]) for check in found} == {
            str(check.name): words(str(check.sqltext))
            for check in table.constraints
            if isinstance(check, sa.CheckConstraint)
        }, table.name


def test_an_upgrade_keeps_what_the_revision_before_has(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        command.downgrade(alembic_configuration(connection), "0001")
    then = sa.Table("model_call", sa.MetaData(), autoload_with=engine)
    values = row(datetime(2026, 11, 1, tzinfo=UTC)).model_dump(include=set(then.columns.keys()) - {"id"})
    with engine.begin() as connection:
        connection.execute(sa.insert(then).values(values))
    with engine.connect() as connection, connection.begin():
        assert not sa.inspect(connection).has_table("capstone")
        command.upgrade(alembic_configuration(connection), "head")
    with Session(engine) as session:
        [kept] = session.exec(select(ModelCallRow)).all()
    assert (kept.key, kept.started_at) == ("k" * 64, datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.contract
def test_questions_and_what_was_said_of_them_outlive_the_change_for_talk(url: str) -> None:
    """Its table is built anew on SQLite, which deletes what refers to it unless that is prevented."""
    with engine_at(url, "0002") as engine:
        with engine.begin() as connection:
            for statement in _BEFORE_TALK:
                connection.exec_driver_sql(statement)
            before = list(connection.exec_driver_sql("SELECT * FROM question ORDER BY id").mappings())
        upgrade_store(url)
        with engine.begin() as connection:
            after = list(connection.exec_driver_sql("SELECT * FROM question ORDER BY id").mappings())
            later = dict.fromkeys(("ruling", "sensei_spoke_at", "original_text"))
            places = {"capstone_id": 1, "head_sha": "a"}
            assert [{**row, **later, **places} for row in before] == after
            said = "SELECT comment_id, question_id, body FROM thread_message"
            assert list(connection.exec_driver_sql(said)) == [(9, 1, "So.")]
            assert not connection.exec_driver_sql("SELECT private FROM pull_request").scalar_one()
            connection.exec_driver_sql("UPDATE question SET state = 'disputed' WHERE id = 1")
            # No number is given twice, not even that of a question that was deleted before.
            made = connection.exec_driver_sql(f"{_QUESTION_SINCE % 'm3'} RETURNING id")
            assert made.scalar_one() == 3
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.exec_driver_sql("UPDATE question SET state = 'disptued' WHERE id = 1")
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM pull_request")
            assert list(connection.exec_driver_sql("SELECT * FROM thread_message")) == []


@pytest.mark.contract
def test_what_is_disputed_is_asked_again_once_that_change_is_taken_back(url: str) -> None:
    with engine_at(url, "0002") as engine:
        with engine.begin() as connection:
            for statement in _BEFORE_TALK:
                connection.exec_driver_sql(statement)
        upgrade_store(url)
        with changing(engine) as connection:
            connection.exec_driver_sql("UPDATE question SET state = 'disputed'")
            command.downgrade(alembic_configuration(connection), "0002")
            states = connection.exec_driver_sql("SELECT state FROM question")
            assert [row[0] for row in states] == ["asked"]


_AT = "'2026-11-01 09:00:00+00:00'"
_COMMAND = f"""
INSERT INTO command (pull_request_id, comment_id, inline, author_id, verb, answer, about, question_id, at)
VALUES (1, %d, true, 1, 'dispute', '%s', '', 1, {_AT})
"""
_TALK = "SELECT id, comment_id, verb, answer, about, question_id, at FROM command ORDER BY id"
_SAID = "SELECT comment_id, question_id, author_id, body, at FROM thread_message ORDER BY comment_id"


@pytest.mark.contract
def test_what_was_said_and_commanded_outlives_the_change_for_the_order_of_comments(url: str) -> None:
    """On SQLite the table of commands is built anew for it."""
    with engine_at(url, "0004") as engine:
        with engine.begin() as connection:
            for statement in [*_BEFORE_ORDER, _COMMAND % (9, "done"), _COMMAND % (10, "silent")]:
                connection.exec_driver_sql(statement)
            said, commands = (list(connection.exec_driver_sql(query)) for query in (_SAID, _TALK))
        upgrade_store(url)
        with engine.begin() as connection:
            assert list(connection.exec_driver_sql(_SAID)) == said
            assert list(connection.exec_driver_sql(_TALK)) == commands
            assert connection.exec_driver_sql("SELECT deleted_at FROM thread_message").scalar_one() is None
            connection.exec_driver_sql(_COMMAND % (11, "overtaken"))
        for refused in (_COMMAND % (12, "overtook"), _COMMAND % (11, "done")):
            with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
                connection.exec_driver_sql(refused)
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO thread_message (comment_id, question_id, author_id, body, at, deleted_at)"
                f" VALUES (12, 1, 1, '', {_AT}, {_AT})"
            )
        with changing(engine) as connection:
            command.downgrade(alembic_configuration(connection), "0004")
        with engine.begin() as connection:
            assert list(connection.exec_driver_sql(_SAID)) == said
            answers = connection.exec_driver_sql("SELECT answer FROM command ORDER BY id")
            assert [row[0] for row in answers] == ["done", "silent", "silent"]
        upgrade_store(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM pull_request")
            assert list(connection.exec_driver_sql(_TALK)) == []


@pytest.mark.contract
def test_erasing_came_to_capstones_that_were_there_with_all_under_them(url: str) -> None:
    """Their table is built anew on SQLite as well."""
    with engine_at(url, "0004") as engine, engine.begin() as connection:
        for statement in _BEFORE_TALK:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("UPDATE capstone SET state = 'ended'")
    before = datetime.now(UTC)
    upgrade_store(url)
    with open_store(url) as engine, Session(engine) as session:
        kept = session.get_one(CapstoneRow, 1)
        assert (kept.owner, kept.participant_id, kept.state) == ("ada", "p", "ended")
        assert kept.ended_at is not None
        assert kept.ended_at >= before
        assert session.get_one(PullRequestRow, 1).capstone_id == 1
        session.delete(kept)
        session.commit()
        assert session.get(PullRequestRow, 1) is None


def test_erasing_taken_back_takes_nothing_else(url: str) -> None:
    with engine_at(url, "0004") as engine:
        with engine.begin() as connection:
            for statement in _BEFORE_TALK:
                connection.exec_driver_sql(statement)
        upgrade_store(url)
        with changing(engine) as connection:
            command.downgrade(alembic_configuration(connection), "0004")
            assert list(connection.exec_driver_sql("SELECT body FROM thread_message")) == [("So.",)]


def test_a_cohort_that_was_there_has_its_people_still_and_neither_workspace_nor_weights(url: str) -> None:
    """Its table must not be built anew on SQLite: everything refers to it."""
    with engine_at(url, "0006") as engine, engine.begin() as connection:
        for statement in _BEFORE_ORDER:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            "INSERT INTO enrolment (cohort_id, person_id, role, state, created_at)"
            f" VALUES (1, 'p', 'participant', 'paused', {_AT})"
        )
    upgrade_store(url)
    with open_store(url) as engine, Session(engine) as session:
        cohort = session.get_one(CohortRow, 1)
        assert (cohort.name, cohort.workspace, cohort.weights) == ("dojo", None, {})
        assert session.get_one(EnrolmentRow, 1).state == "paused"
        assert session.get_one(PullRequestRow, 1).capstone_id == 1
    with open_store(url) as engine, changing(engine) as connection:
        command.downgrade(alembic_configuration(connection), "0006")
        assert list(connection.exec_driver_sql("SELECT name FROM cohort")) == [("dojo",)]
        assert list(connection.exec_driver_sql("SELECT state FROM enrolment")) == [("paused",)]
        assert list(connection.exec_driver_sql("SELECT body FROM thread_message")) == [("So.",)]


@pytest.mark.contract
def test_numbers_go_on_after_the_highest_that_is_named_anywhere_and_everything_is_kept(url: str) -> None:
    """On SQLite every table with numbers is built anew for it; those to whom others refer first of all."""
    with engine_at(url, "0008") as engine:
        with engine.begin() as connection:
            for statement in [*_BEFORE_ORDER, _COMMAND % (9, "done"), *_BEFORE_NUMBERS]:
                connection.exec_driver_sql(statement)
        before = _all_rows(engine)
    upgrade_store(url)
    with engine_at(url, "head") as engine:
        after = _all_rows(engine)
        [code] = after.pop("link_code")
        assert (code["digest"], code["state"], len(code["id"])) == ("d" * 64, "given", 32)
        assert {_take_later(row) for row in after["question"]} == {(None, 1, "a")}
        gone = {"link_code", "alembic_version", "sqlite_sequence", "effect"}
        assert {name: after[name] for name in before if name not in gone} == {
            name: rows for name, rows in before.items() if name not in gone
        }
        assert not any(after[name] for name in after.keys() - before.keys())
        # What waited for an enrolment that is gone, or was of somebody who had its number before, is gone.
        assert [row["key"] for row in after["effect"]] == ["confirm:1", "reply:4711"]
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                assert list(connection.exec_driver_sql("PRAGMA foreign_key_check")) == []
            for table, highest in (("cohort", 1), ("enrolment", 7), ("command", 4711), ("pull_request", 30)):
                last = connection.exec_driver_sql(_LAST[engine.dialect.name].format(table=table)).scalar_one()
                assert last == highest, table
            made = connection.exec_driver_sql(f"{_ENROLMENT % 'participant'} RETURNING id")
            assert made.scalar_one() == 8
            # Nor on the way back, which builds a table anew.
            command.downgrade(alembic_configuration(connection), "0009")
            command.upgrade(alembic_configuration(connection), "head")
            assert (
                connection.exec_driver_sql(_LAST[engine.dialect.name].format(table="command")).scalar_one()
                == 4711
            )
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM person")
            for table in ("enrolment", "capstone", "pull_request", "command", "link_code"):
                assert list(connection.exec_driver_sql(f"SELECT * FROM {table}")) == [], table


def test_a_code_that_nobody_has_written_outlives_the_way_back(url: str) -> None:
    with engine_at(url, "head") as engine, engine.begin() as connection:
        for person, state in (("p", "given"), ("q", "posted")):
            connection.exec_driver_sql(f"INSERT INTO person (id, created_at) VALUES ('{person}', {_AT})")
            connection.exec_driver_sql(
                "INSERT INTO link_code (person_id, id, digest, state, inline, expires_at)"
                f" VALUES ('{person}', '{person}', '{person}', '{state}', false, {_AT})"
            )
        command.downgrade(alembic_configuration(connection), "0008")
        assert list(connection.exec_driver_sql("SELECT digest FROM link_code")) == [("p",)]


@pytest.mark.contract
def test_work_in_flight_outlives_the_change_for_decisions_and_the_way_back(url: str) -> None:
    """A question that was answered before can be talked about after, and nothing else changes."""
    with engine_at(url, "0012") as engine:
        with engine.begin() as connection:
            for statement in [*_BEFORE_ORDER, *_IN_FLIGHT]:
                connection.exec_driver_sql(statement)
        before = _without_versions(engine)
    upgrade_store(url)
    with engine_at(url, "head") as engine:
        after = _without_versions(engine)
        assert {_take_later(row) for row in after["question"]} == {(None, 1, "a")}
        assert {name: rows for name, rows in after.items() if rows} == {
            name: rows for name, rows in before.items() if rows
        }
        with SqlStore(engine, "github.com").begin() as tx:
            [job] = tx.jobs.due(datetime(2027, 1, 1, tzinfo=UTC), 9)
            assert job.id == "answer:7#1:9"
            later = datetime(2026, 11, 2, tzinfo=UTC)
            conversation = tx.conversations.open(1, later)
            tx.conversations.add_private_message(conversation.id, "p", "Because.", "D1 1.1", later)
            said = tx.conversations.messages(conversation.id, 1)
            assert [message.text for message in said] == ["So.", "Because."]
        with changing(engine) as connection:
            command.downgrade(alembic_configuration(connection), "0012")
        assert _without_versions(engine) == before


def _take_later(question: dict[str, Any]) -> tuple[Any, ...]:
    """The columns that a question got later, taken out of its row."""
    return tuple(question.pop(name) for name in ("original_text", "capstone_id", "head_sha"))


def _without_versions(engine: sa.Engine) -> dict[str, list[dict[str, Any]]]:
    return {
        name: rows
        for name, rows in _all_rows(engine).items()
        if name not in {"alembic_version", "sqlite_sequence"}
    }


def _all_rows(engine: sa.Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            name: [
                dict(row)
                for row in connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY 1').mappings()
            ]
            for name in sa.inspect(connection).get_table_names()
        }


@contextmanager
def engine_at(url: str, revision: str) -> Iterator[sa.Engine]:
    """A database with the tables of a revision."""
    made = store_engine(url)
    try:
        with made.begin() as connection:
            command.upgrade(alembic_configuration(connection), revision)
        yield made
    finally:
        made.dispose()


_QUESTION = f"""
INSERT INTO question (pull_request_id, round_id, check_id, text, fingerprint, path, side, line_start,
    line_end, quote, inline, state, comment_id, created_at, updated_at)
VALUES (1, 'review:7#1:1', 'speed.1', 'Why?', '%s', 'a.py', 'head', 1, 1, 'x = 1', true, 'asked', NULL,
    {_AT}, {_AT})
"""
_QUESTION_SINCE = _QUESTION.replace("(pull", "(capstone_id, head_sha, pull").replace("(1,", "(1, 'a', 1,")
_BEFORE_TALK = [
    *f"""
INSERT INTO cohort (name, publish, held, created_at) VALUES ('dojo', 'automatic', false, {_AT});
INSERT INTO person (id, created_at) VALUES ('p', {_AT});
INSERT INTO capstone (cohort_id, participant_id, tenant, repository_id, owner, name, default_branch, held,
    state, created_at)
VALUES (1, 'p', 'github.com', 7, 'ada', 'desk', 'main', false, 'active', {_AT});
INSERT INTO pull_request (capstone_id, number, state, draft, author_id, author_login, author_is_bot, head_sha,
    base_ref, quiet, updated_at)
VALUES (1, 1, 'open', false, 1, 'ada', false, 'a', 'main', true, {_AT});
INSERT INTO round (id, pull_request_id, number, trigger, head_sha, state, due_at, error, created_at)
VALUES ('review:7#1:1', 1, 1, 'opened', 'a', 'published', {_AT}, '', {_AT})
""".split(";\n"),
    _QUESTION % "m1",
    _QUESTION % "m2",
    "DELETE FROM question WHERE fingerprint = 'm2'",
    f"INSERT INTO thread_message (comment_id, question_id, author_id, body, at) VALUES (9,1,1,'So.',{_AT})",
]

_ENROLMENT = f"""
INSERT INTO enrolment (cohort_id, person_id, role, state, created_at)
VALUES (1, 'p', '%s', 'paused', {_AT})
"""
_EARLIER, _LATER = "'2026-10-01 09:00:00+00:00'", "'2026-11-02 09:00:00+00:00'"
_BEFORE_NUMBERS = [
    _ENROLMENT % "sensei",
    _ENROLMENT % "lead",
    *f"""
INSERT INTO link_code (person_id, digest, expires_at) VALUES ('p', '{"d" * 64}', {_AT});
INSERT INTO audit_event (at, actor, action, subject, detail)
VALUES ({_AT}, 'x', 'x', 'enrolment:7', '{{}}'), ({_AT}, 'x', 'x', 'pull_request:30', '{{}}');
INSERT INTO effect (key, started_at) VALUES ('confirm:1', {_LATER});
INSERT INTO effect (key, started_at) VALUES ('confirm:2', {_EARLIER});
INSERT INTO effect (key, started_at) VALUES ('confirm:6', {_LATER});
INSERT INTO effect (key, started_at) VALUES ('reply:4711', {_LATER})
""".strip().split(";\n"),
]
_IN_FLIGHT = [
    "UPDATE question SET state = 'answered', comment_id = 5",
    "UPDATE round SET state = 'reading'",
    f"INSERT INTO job (id, kind, argument, due_at) VALUES ('answer:7#1:9', 'answer', '{{}}', {_AT})",
    f"INSERT INTO effect (key, started_at) VALUES ('reply:9', {_AT})",
]
_LAST = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = '{table}'",
    "postgresql": "SELECT last_value FROM {table}_id_seq",
}

_BEFORE_ORDER = [
    statement.replace("quiet, updated_at", "quiet, private, updated_at").replace(
        "'main', true,", "'main', true, false,"
    )
    for statement in _BEFORE_TALK
]


@pytest.mark.contract
def test_down_and_up_again_gives_the_same(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        command.downgrade(alembic_configuration(connection), "base")
        command.upgrade(alembic_configuration(connection), "head")
        command.check(alembic_configuration(connection))


def test_a_file_is_brought_up_to_date_when_it_is_opened(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/s.db") as engine:
        assert sa.inspect(engine).has_table("model_call")


def test_many_who_open_a_new_file_at_once_all_get_it(tmp_path: Path) -> None:
    together, opened = threading.Barrier(6), []

    def work() -> None:
        together.wait()
        with open_store(f"sqlite:///{tmp_path}/s.db") as engine:
            opened.append(sa.inspect(engine).has_table("model_call"))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [True] * 6


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_shared_database_is_changed_only_on_purpose(url: str) -> None:
    with pytest.raises(UserError, match="older than") as told, open_store(url):
        pass
    assert told.value.remedy == "Run `sensei db upgrade`."
    result = sensei.run("db", "upgrade", SENSEI_DATABASE_URL=url)
    assert (result.returncode, result.stdout) == (0, f"The tables are now at revision {_newest()}.\n"), (
        result.stderr
    )
    with open_store(url):
        pass


def _newest() -> str:
    [last] = ScriptDirectory(str(resources.folder("migrations"))).get_heads()
    return last


@pytest.mark.contract
def test_tables_of_a_newer_version_are_left_alone(engine: sa.Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UserError, match="newer version"), open_store(url):
        pass
    with pytest.raises(UserError, match="newer version"):
        upgrade_store(url)


def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "s.db"
    with open_store(f"sqlite:///{file}") as engine, engine.begin():
        pass
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_file_is_written_ahead_and_keeps_its_keys(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/s.db") as engine, engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_the_usual_file_lies_in_the_users_own_data_folder() -> None:
    assert default_database_file() == platformdirs.user_data_path("sensei", appauthor=False) / "sensei.db"


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("mysql://user:hunter2@host/x", "kind of database"),
        ("hunter2", "not a database address"),
        ("postgresql://user:hunter2@127.0.0.1:1/x", "cannot be used"),
        ("sqlite:////proc/none/s.db", "cannot be written"),
    ],
)
def test_a_useless_address_is_told_without_its_password(url: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as told, open_store(url):
        pass
    assert "hunter2" not in str(told.value)


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database" * 100)
    with pytest.raises(UserError, match="cannot be used"), open_store(f"sqlite:///{file}"):
        pass
    assert file.read_text().startswith("not a database")
