"""Keeping the rubric in the index."""

from bot.domain.rubrics.rubric import Library
from bot.domain.sources.documents import rubric_scope
from bot.domain.sources.rubric_documents import list_rubric_documents
from bot.ports.sources import IndexChanges, SearchIndex


def index_rubric(index: SearchIndex, library: Library) -> IndexChanges:
    """Let the index hold what a rubric and its packs say now."""
    return index.replace(rubric_scope(library.rubric.id), list_rubric_documents(library))
