"""Loading ``rubrics/articulation.yaml``."""

from pydantic import ValidationError

from bot import resources
from bot.adapters.files import fast_yaml
from bot.domain.articulation.guide import ArticulationGuide


def load_guide() -> ArticulationGuide:
    """Load the shipped guide.

    Raises:
        ValueError: the file has an error, which is a bug because it ships with Sensei.
    """
    path = resources.folder("rubrics") / "articulation.yaml"
    try:
        return ArticulationGuide.model_validate(fast_yaml.load(path.read_text("utf-8")))
    except ValidationError as invalid:
        raise ValueError(f"{path}: {invalid}") from None
