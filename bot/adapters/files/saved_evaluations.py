"""Loading saved results of the evaluation, as printed by ``sensei eval --format json``."""

from pathlib import Path

from pydantic import ValidationError

from bot.domain.evals.saved_results import SavedResult
from bot.errors import UserError

_REMEDY = "You can save a result with `sensei eval --format json > FILE`."


def load(path: Path) -> SavedResult:
    """Load a saved result.

    Raises:
        UserError: the file can't be read, or it isn't a result of the evaluation.
    """
    try:
        return SavedResult.model_validate_json(path.read_bytes())
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(map(str, first["loc"]))[:80]
        problem = f"{place}: {first['msg']}" if place else first["msg"]
        raise UserError(f"{path} is not a result of `sensei eval`: {problem}.", _REMEDY) from None
    except OSError as wrong:
        raise UserError(f"{path} can't be read: {wrong.strerror}.", _REMEDY) from None
