"""A command loads the libraries that it uses, and none of the others that are heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import sensei

HEAVY = frozenset({"anthropic", "dbos", "git", "github", "slack_bolt", "slack_sdk", "sqlalchemy", "uvicorn"})

_RUN = """
import sys
from bot.__main__ import main
try:
    main()
finally:
    sys.stderr.write("\\nloaded: " + " ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.contract
@pytest.mark.parametrize(
    ("command", "loaded"),
    [
        ("--help", set()),
        ("settings", {"sqlalchemy"}),
        ("rubric show", set()),
        ("setup github --check", set()),
        ("setup slack --check", {"slack_sdk"}),
        ("setup slack --manifest", set()),
        ("people template", set()),
        ("people list", {"sqlalchemy"}),
        ("people import no-such-file.csv", set()),
        ("cohort list", {"sqlalchemy"}),
        ("capstone list", {"sqlalchemy"}),
        ("handbook show", {"sqlalchemy"}),
        ("questions list", {"sqlalchemy"}),
        ("doctor", {"git", "sqlalchemy"}),
    ],
)
def test_a_command_loads_no_heavy_library_that_it_does_not_use(
    tmp_path: Path, command: str, loaded: set[str]
) -> None:
    environment = sensei.environment(SENSEI_DATABASE_URL=f"sqlite:///{tmp_path / 'sensei.db'}")
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *command.split()],
        env=environment,
        cwd=sensei.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = done.stderr.rpartition("\nloaded: ")[2].split()
    assert "bot" in names, done.stderr
    assert HEAVY & set(names) <= loaded
