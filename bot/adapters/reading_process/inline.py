"""The port ``Readings`` in this very process: for what is our own, and may take what it takes."""

from bot.adapters.reading_process.supervisor import to_result
from bot.adapters.reading_process.tasks import run_task
from bot.ports.model import Model
from bot.ports.reading import Progress
from bot.ports.reading_process import ReadingPart, ReadingResult, ReadingTask


class InlineReadings:
    """Reads here and now, without limits of its own."""

    def read(self, task: ReadingTask, model: Model | None, progress: Progress) -> ReadingResult:
        """Do what ``ports.readings.Readings`` says."""
        return to_result(run_task(task, model, progress, _nobody))


def _nobody(_part: ReadingPart) -> None:
    """Tell nobody."""
