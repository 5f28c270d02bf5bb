import re
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
import pytest
import sqlalchemy as sa
from alembic import command
from sqlmodel import Session, SQLModel, select

from bot.adapters.store import ModelCall, open_store, upgrade_store
from bot.adapters.store.engine import default_file
from bot.adapters.store.engine import engine as engine_of
from bot.adapters.store.opening import configuration
from bot.adapters.store.tables import CapstoneRow, PullRequestRow
from bot.errors import UserError
from tests import sensei
from tests.adapters.store.rows import row


def test_the_migrations_make_the_very_tables_of_the_models(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        command.check(configuration(connection))


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
        command.downgrade(configuration(connection), "0001")
    then = sa.Table("model_call", sa.MetaData(), autoload_with=engine)
    values = row(datetime(2026, 11, 1, tzinfo=UTC)).model_dump(include=set(then.columns.keys()) - {"id"})
    with engine.begin() as connection:
        connection.execute(sa.insert(then).values(values))
    with engine.connect() as connection, connection.begin():
        assert not sa.inspect(connection).has_table("capstone")
        command.upgrade(configuration(connection), "head")
    with Session(engine) as session:
        [kept] = session.exec(select(ModelCall)).all()
    assert (kept.key, kept.started_at) == ("k" * 64, datetime(2026, 11, 1, tzinfo=UTC))


def test_erasing_came_to_capstones_that_were_there_with_all_under_them(url: str) -> None:
    upgrade_store(url)
    made = engine_of(url)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with made.connect() as connection:
        if made.dialect.name == "sqlite":  # as `upgrade_store` does: tables are rebuilt
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            command.downgrade(configuration(connection), "0002")
    then = sa.MetaData()
    then.reflect(made)
    people = [{"id": name, "created_at": now} for name in ("p", "s")]
    capstone = {
        "id": 7, "cohort_id": 1, "participant_id": "p", "sensei_id": "s", "tenant": "github.com",
        "repository_id": 4711, "owner": "ada", "name": "desk", "default_branch": "main", "held": False,
        "state": "ended", "created_at": now,
    }  # fmt: skip
    pull = {
        "id": 3, "capstone_id": 7, "number": 1, "state": "open", "draft": False, "author_id": 1,
        "author_login": "ada", "author_is_bot": False, "head_sha": "a", "base_ref": "main", "quiet": False,
        "updated_at": now,
    }  # fmt: skip
    with made.begin() as connection:
        for table, rows in (
            ("cohort", [{"id": 1, "name": "dojo", "publish": "automatic", "held": False, "created_at": now}]),
            ("person", people),
            ("capstone", [capstone]),
            ("pull_request", [pull]),
        ):
            connection.execute(sa.insert(then.tables[table]), rows)
    made.dispose()
    upgrade_store(url)
    with open_store(url) as engine, Session(engine) as session:
        kept = session.get_one(CapstoneRow, 7)
        assert (kept.owner, kept.sensei_id, kept.state) == ("ada", "s", "ended")
        assert kept.ended_at is not None
        assert kept.ended_at > now
        assert session.get_one(PullRequestRow, 3).capstone_id == 7
        session.delete(kept)
        session.commit()
        assert session.get(PullRequestRow, 3) is None


def test_down_and_up_again_gives_the_same(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        command.downgrade(configuration(connection), "base")
        command.upgrade(configuration(connection), "head")
        command.check(configuration(connection))


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
    with pytest.raises(UserError, match="behind") as told, open_store(url):
        pass
    assert told.value.remedy == "Run `sensei db upgrade`."
    result = sensei.run("db", "upgrade", SENSEI_DATABASE_URL=url)
    assert (result.returncode, result.stdout) == (0, "The tables are at revision 0004.\n"), result.stderr
    with open_store(url):
        pass


def test_tables_of_a_newer_version_are_left_alone(engine: sa.Engine, url: str) -> None:
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
    assert default_file() == platformdirs.user_data_path("sensei", appauthor=False) / "sensei.db"


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("mysql://user:hunter2@host/x", "kind of database"),
        ("hunter2", "not a database's address"),
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
