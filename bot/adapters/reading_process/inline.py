"""The port ``Readings`` in this process, for our own repositories, which need no limits."""

from bot.adapters.reading_process.supervisor import parse_result
from bot.adapters.reading_process.tasks import run_task
from bot.ports.model import Model
from bot.ports.reading import Progress
from bot.ports.reading_process import ReadingPart, ReadingResult, ReadingTask


class InlineReadings:
    """Reads in this process, without limits on time and memory."""

    def read(self, task: ReadingTask, model: Model | None, progress: Progress) -> ReadingResult:
        """Do a reading, as ``ports.reading_process.Readings`` describes."""
        return parse_result(run_task(task, model, progress, _ignore_part))


def _ignore_part(_part: ReadingPart) -> None:
    """Ignore the part that starts."""
