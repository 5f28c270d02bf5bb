"""Documents, and the passages into which they are split for searching."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document, under one heading.

    ``headings`` leads from the document's top to it. ``link`` is the address of this part, or empty if it
    has none that its reader could open.
    """

    headings: tuple[str, ...]
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that Sensei may cite. ``key`` identifies it within its scope, such as a path."""

    key: str
    title: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that a search found. A higher ``score`` is better; scores of two searches don't compare."""

    scope: str
    document: str
    title: str
    passage: Passage
    score: float


def rubric_scope(rubric: str) -> str:
    """Return the scope of what a rubric, its packs and their references say. Everybody may read it."""
    return f"rubric:{rubric}"


def cohort_scope(cohort: int) -> str:
    """Return the scope of a cohort's handbook. Its members may read it."""
    return f"cohort:{cohort}"


def person_scope(cohort: int, person: str) -> str:
    """Return the scope of somebody's own decisions and documents. Nobody else is ever answered from it."""
    return f"person:{cohort}:{person}"


def capstone_scope(cohort: int, person: str, capstone: int) -> str:
    """Return the scope of the files of a person's capstone, which changes at other times than their rows."""
    return f"{person_scope(cohort, person)}:{capstone}"


@dataclass(frozen=True, slots=True)
class PersonScope:
    """Whose scope it is. ``capstone`` is None for what is stored in rows."""

    cohort: int
    person: str
    capstone: int | None = None


def read_person_scope(scope: str) -> PersonScope | None:
    """Return whose scope it is, or None if it is nobody's own."""
    match scope.split(":"):
        case ["person", cohort, person] if cohort.isdecimal():
            return PersonScope(int(cohort), person)
        case ["person", cohort, person, capstone] if cohort.isdecimal() and capstone.isdecimal():
            return PersonScope(int(cohort), person, int(capstone))
    return None
