"""The question about a decision that a change may have overtaken, when no model words it."""

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision
from bot.domain.guardrails.model_wording import Grounds, refuse_question

_MOST_OF_A_TITLE = 60


def word_drift_question(guide: ArticulationGuide, decision: Decision, grounds: Grounds) -> str:
    """Return the guide's question about a decision.

    A title is its author's text: it is shortened, and left out if a question may not contain it.
    """
    probe = guide.drift_revisit_probe if decision.texts.get(Slot.REVISIT) else guide.drift_probe
    named = probe.replace("{decision}", f"decision {decision.number} (“{_shorten(decision.title)}”)")
    if refuse_question(named, grounds) is None:
        return named
    return probe.replace("{decision}", f"decision {decision.number}")


def _shorten(title: str) -> str:
    line = " ".join(title.split()).replace("“", "").replace("”", "").strip().rstrip("?!.")
    return line if len(line) <= _MOST_OF_A_TITLE else f"{line[: _MOST_OF_A_TITLE - 1].rstrip()}…"
