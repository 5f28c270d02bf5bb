"""The right to serve a database, on both kinds."""

import fcntl
import os
import threading

import pytest
import sqlalchemy as sa

from bot.adapters.database.server_lock import AlreadyServedError, hold_server_lease, is_served
from bot.errors import UserError


def test_one_process_at_a_time_serves_a_database(engine: sa.Engine) -> None:
    assert not is_served(engine)
    with hold_server_lease(engine):
        assert is_served(engine)
        with pytest.raises(UserError, match="already being served by"), hold_server_lease(engine):
            pass
    assert not is_served(engine)
    with hold_server_lease(engine):
        pass


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_who_only_looks_keeps_nobody_from_serving(engine: sa.Engine) -> None:
    with hold_server_lease(engine):
        pass
    file = os.open(f"{engine.url.database}.serving", os.O_RDONLY)
    fcntl.flock(file, fcntl.LOCK_SH)
    done = threading.Timer(0.2, os.close, [file])
    done.start()
    with hold_server_lease(engine):
        assert is_served(engine)
    done.join()


def _cut(engine: sa.Engine) -> None:
    """End the session that has the right to serve, as a restart or a firewall does."""
    with engine.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 9000) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_the_right_to_serve_is_taken_again_where_its_connection_was_cut(engine: sa.Engine) -> None:
    with hold_server_lease(engine) as right:
        right.keep()
        _cut(engine)
        assert not is_served(engine)
        right.keep()
        assert is_served(engine)
    assert not is_served(engine)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_who_has_lost_the_right_to_another_is_told_so_and_ends_quietly(engine: sa.Engine) -> None:
    with hold_server_lease(engine) as right:
        _cut(engine)
        with hold_server_lease(engine), pytest.raises(AlreadyServedError, match="already being served by"):
            right.keep()
    with hold_server_lease(engine):
        _cut(engine)  # and its end is no error


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_who_is_refused_gives_the_connection_back(engine: sa.Engine) -> None:
    assert isinstance(engine.pool, sa.QueuePool)
    with hold_server_lease(engine):
        with pytest.raises(AlreadyServedError) as refused, hold_server_lease(engine):
            pass
        assert engine.pool.checkedout() == 1, refused
