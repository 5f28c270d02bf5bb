"""Writing blind judge sheets, and loading filled-in ones."""

import io
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.adapters.files.atomic_write import write_whole
from bot.domain.evals.judging import VERDICTS, JudgeItem, JudgeSheet
from bot.errors import UserError

_INSTRUCTIONS = """\
# Judge each text by itself. You don't know where it comes from. If two people judge, they should not discuss
# the texts first. Write yes or no after each key. Write nothing if you can't tell.
# In the code, > marks the lines that the text is about, + and - those that the change added or removed.
#
# A question:
#   as_worded      Would you say it to a colleague across the desk, word for word?
#   presupposes    Does it assume that the author decided, measured, accepted, meant or forgot something?
#   stilted        Does it sound like an exam or a translation?
#   would_ask      Whatever its words: is it worth two minutes of the author's time?
# A fact:
#   is_true        Does the code prove it, and does it claim no more than the code shows?
#   worth_saying   Would the author want to know it?
"""
_REMEDY = "You can write a new sheet with `sensei eval --judge-sheet FILE`; see docs/evals.md."


def check_new(path: Path) -> None:
    """Refuse to write a sheet over a file, or into a folder that doesn't exist.

    Raises:
        UserError: the file exists, or its folder doesn't.
    """
    if path.exists():
        raise UserError(
            f"{path} already exists, and may be a judge sheet that someone has filled in.",
            "Choose another file.",
        )
    if not path.parent.is_dir():
        raise UserError(f"The folder {path.parent} does not exist.", "Create it, or choose another file.")


def write(path: Path, items: Sequence[JudgeItem]) -> None:
    """Write a sheet to fill in.

    Raises:
        UserError: the file exists, its folder doesn't, or it can't be written.
    """
    check_new(path)
    document = {
        "schema": "sensei.judge-sheet/1",
        "judge": "",
        "items": [
            {
                "id": item.id,
                "kind": item.kind,
                "text": item.text,
                "place": item.place,
                "code": LiteralScalarString(item.code + "\n"),
                "author_wrote": LiteralScalarString(item.author_wrote + "\n"),
                **dict.fromkeys(map(str, VERDICTS[item.kind])),
            }
            for item in items
        ],
    }
    yaml, text = YAML(), io.StringIO()
    yaml.width = 100
    yaml.dump(document, text)
    write_whole(path, _INSTRUCTIONS + text.getvalue())


def load(path: Path) -> JudgeSheet:
    """Load a filled-in sheet.

    Raises:
        UserError: the file can't be read, isn't a sheet, or has no answers.
    """
    try:
        sheet = JudgeSheet.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(map(str, first["loc"]))[:80]
        raise UserError(f"{path} is not a filled-in judge sheet: {place}: {first['msg']}.", _REMEDY) from None
    except OSError as wrong:
        raise UserError(f"{path} can't be read: {wrong.strerror}.", _REMEDY) from None
    # YAML's constructors raise ValueError for a number or a date that does not exist.
    except (ValueError, RecursionError, YAMLError) as wrong:
        raise UserError(f"{path} is not YAML: {' '.join(str(wrong).split())}.", _REMEDY) from None
    if not any(sheet.answers(verdict) for verdicts in VERDICTS.values() for verdict in verdicts):
        raise UserError(f"{path} has no answers.", "Write yes or no after each key.")
    return sheet
