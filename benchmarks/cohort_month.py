"""Let twelve people in eight time zones live for five weeks, and print all that each of them saw.

``python -m benchmarks.cohort_month [--weeks N] [--database NAME] [--output FILE]``: eight participants and
four senseis, on a clock that is turned, with the real engine on ``sqlite`` or ``postgresql``, reached by
signed HTTP from a GitHub and a Slack on loopback. Without a model. They merge changes, answer, skip, put off
and ignore check-ins, change their rhythms, go on holiday, pause and meet, and one defends her code. The
clocks change in six of the eight zones, and for two days the service does nothing.
``tests/cohort_month/script.py`` has it all.

It prints the month as plain text, person by person and day by day in their own time, with buttons in
brackets. Then it compares what came with what had to come, and lists the differences. The exit status is 1
if there are any.
"""

import argparse
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from tests import databases
from tests.cohort_month.checking import find_faults
from tests.cohort_month.diary import write_month
from tests.cohort_month.month import Month
from tests.cohort_month.people import WEEKS, first_moment, settle_in
from tests.cohort_month.script import Script
from tests.cohort_weeks.served import served


def main() -> None:
    """Let the weeks pass, print the month, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    with databases.run(), tempfile.TemporaryDirectory() as folder:
        address = databases.migrated() if options.database == "postgresql" else nullcontext(None)
        with address as url, served(Path(folder), first_moment(), url) as it:
            month = Month(it, settle_in(it))
            try:
                Script(month).plan(options.weeks)
                month.live(options.weeks)
                faults = find_faults(month, options.weeks)
            finally:
                text = write_month(month)
                if options.output:
                    options.output.write_text(text)
                else:
                    print(text)
    print(f"\n{len(faults)} differences, {time.perf_counter() - began:.0f} s")
    for fault in faults:
        print(fault)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
