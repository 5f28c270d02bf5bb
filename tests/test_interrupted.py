"""What an interruption looks like, whatever it meets. tests/chaos kills the real command."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sensei

# Python 3.11 does this to whatever is raised in ``__set_name__``, which pydantic's models are full of.
WRAPPED = """
import os
import signal

def app():
    try:
        os.kill(os.getpid(), signal.Signals[os.environ["HOW"]])
    except SystemExit as stopped:
        raise RuntimeError("Error calling __set_name__") from stopped
"""

# Python prints what is raised here and goes on.
SWALLOWED = """
import os
import signal
import time

class Destroyed:
    def __del__(self):
        os.kill(os.getpid(), signal.Signals[os.environ["HOW"]])

def app():
    Destroyed()
    time.sleep(60)
    raise AssertionError("nothing has stopped it")
"""


@pytest.mark.contract
@pytest.mark.parametrize("logs", ["", "from bot import logs\nlogs.configure()\n"], ids=["plain", "with logs"])
@pytest.mark.parametrize("met", [WRAPPED, SWALLOWED], ids=["made an error of", "swallowed by a destructor"])
@pytest.mark.parametrize(("how", "status"), [("SIGINT", 130), ("SIGTERM", 128 + signal.SIGTERM)])
def test_an_interruption_ends_the_command_whatever_it_meets(
    tmp_path: Path, how: str, status: int, met: str, logs: str
) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(
        "import sys, types\nfrom bot.__main__ import main\n"
        f"module = types.ModuleType('bot.cli.app')\nexec({logs + met!r}, module.__dict__)\n"
        "sys.modules['bot.cli.app'] = module\nmain()\n"
    )
    ended = subprocess.run(
        [sys.executable, str(script)], env=sensei.environment(HOW=how), capture_output=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (status, b"sensei: stopped. No file was left half-written.\n")
