"""The headings and labels of decision records, and the part of a decision that each introduces.

The names are those of MADR (versions 2 to 4), Nygard's records, arc42 and Y-statements, in five languages.
"""

import re
from enum import StrEnum

from bot.domain.articulation.slots import Slot


class RecordField(StrEnum):
    """What a record says about itself, beside the parts of its decision."""

    STATUS = "status"
    DATE = "date"
    MORE = "more"


Topic = Slot | RecordField

_NAMES: dict[Topic, str] = {
    Slot.CONTEXT: "context|context and problem statement|background|problem|problem statement|issue"
    "|motivation|situation|summary|in the context of|kontext|kontext und problemstellung|problemstellung"
    "|ausgangslage|contexte|contexte et problème|contexto|contexto e problema"
    "|contexto y planteamiento del problema",
    Slot.FACING: "decision drivers|drivers|goals or decision drivers|forces|constraints|requirements|facing"
    "|assumptions|entscheidungstreiber|einflussfaktoren|randbedingungen|facteurs de décision|contraintes"
    "|restricciones",
    Slot.DECIDED: "decision|the decision|decision outcome|outcome|solution|resolution|decided|we decided for"
    "|solution or decision outcome|entscheidung|ergebnis der entscheidung|decisión|décision|decisão|résultat"
    "|resultado de la decisión",
    Slot.AGAINST: "considered options|options|options considered|alternatives|alternatives considered|against"
    "|considered alternatives|rejected options|rejected alternatives|pros and cons of the options|and against"
    "|betrachtete optionen|betrachtete alternativen|optionen|alternativen|alternativas|options envisagées"
    "|opciones consideradas",
    Slot.ACHIEVE: "to achieve|goals|goal|benefits|positive consequences|rationale|justification|begründung"
    "|ziele|objetivos|objectifs|justificación",
    Slot.ACCEPTING: "consequences|negative consequences|accepting|risks|trade-offs|tradeoffs|implications"
    "|accepting that|konsequenzen|auswirkungen|folgen|conséquences|consecuencias|consequências",
    Slot.EVIDENCE: "confirmation|validation|evidence|compliance|verification|bestätigung|nachweis",
    Slot.REVISIT: "revisit when|revisit|when to revisit|reconsider when|review date|wiedervorlage",
    RecordField.STATUS: "status|state|estado|statut",
    RecordField.DATE: "date|datum|fecha|data",
    RecordField.MORE: "more information|links|references|related decisions|notes|see also"
    "|weitere informationen|appendix|code|supersedes",
}
_TOPICS: dict[str, Topic] = {name: topic for topic, names in _NAMES.items() for name in names.split("|")}
_LONGEST_NAME = max(map(len, _TOPICS))
_DECORATION = re.compile(r"<!--.*?-->|[*_`#:]|^\s*\d{1,2}[.)]\s")
_LONGEST_HEADING = 200


def find_topic(heading: str) -> Topic | None:
    """Return what a heading or a label introduces, or None if it is not a known one."""
    plain = " ".join(_DECORATION.sub(" ", heading[:_LONGEST_HEADING]).split()).casefold()
    return _TOPICS.get(plain) if len(plain) <= _LONGEST_NAME else None
