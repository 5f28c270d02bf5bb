"""The port ``Readings`` in this very process: for what is our own, and may take what it takes."""

from bot.adapters.reading_process.supervisor import as_read
from bot.adapters.reading_process.tasks import done
from bot.ports.model import Model
from bot.ports.reading import Progress
from bot.ports.reading_process import Part, Read, Task


class Inline:
    """Reads here and now, without limits of its own."""

    def read(self, task: Task, model: Model | None, progress: Progress) -> Read:
        """Do what ``ports.readings.Readings`` says."""
        return as_read(done(task, model, progress, _nobody))


def _nobody(_part: Part) -> None:
    """Tell nobody."""
