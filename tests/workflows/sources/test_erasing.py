"""What erasing a person takes from the search index, whose file is no part of the database."""

import sqlalchemy as sa

from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.domain.sources.documents import capstone_scope, person_scope
from bot.workflows.privacy.erasure import Erasure
from tests.workflows.sources.cited import Cited


def test_their_documents_go_from_the_file_and_others_stay(own_engine: sa.Engine, it: Cited) -> None:
    ada, bo = it.member("ada", 11), it.member("bo", 12)
    desk = it.capstone(ada, 11, {"README.md": b"The quokka reads tickets.\n"})
    it.capstone(bo, 12, {"README.md": b"The numbat is mine.\n"})
    it.decides(desk, ada.person, "We keep the ocelot.")
    it.set(str(it.folder))
    (it.folder / "page.md").write_text("The yak.")
    it.read()
    assert len(it.keys(ada, "quokka ocelot")) == 2
    assert it.keys(bo, "numbat")
    erasure = Erasure(
        it.store, DbosWorkflowRecords(own_engine), it.cache, SqlTraceSearch(own_engine), index=it.index
    )
    before = set(it.index.list_scopes())
    assert erasure.plan("ada").counts["search index"] == 2
    assert set(it.index.list_scopes()) == before
    result = erasure.erase("ada")
    assert result.complete
    assert result.plan is not None
    assert result.plan.counts["search index"] == 2
    assert before - set(it.index.list_scopes()) == {
        person_scope(it.cohort.id, ada.person),
        capstone_scope(it.cohort.id, ada.person, desk.id),
    }
    assert it.keys(bo, "numbat yak") == ["README.md", "page.md"]
    left = b"".join(path.read_bytes() for path in it.folder.glob("search.db*"))
    assert b"quokka" not in left
    assert b"ocelot" not in left
    assert b"numbat" in left
