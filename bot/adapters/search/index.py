"""``ports.sources.SearchIndex`` on SQLite's FTS5, ranked by BM25.

Each scope has a range of rowids of its own, and a search looks only within the ranges of the scopes that it
was given. How rare a word is, however, is counted over all scopes: other people's documents may shift a score
a little, but are never found.
"""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bot.adapters.search.index_file import IndexFile, MadeAnewError
from bot.adapters.search.words import list_extra_words, make_query
from bot.domain.sources.documents import Document, FoundPassage, Passage
from bot.domain.text.storable_text import make_storable
from bot.ports.sources import IndexChanges

MOST_OF_A_DOCUMENT = 2
"""Passages of one document among those found, unless other documents have too few."""

_IDS_IN_A_SCOPE = 1 << 32
_DOCUMENTS_AT_ONCE = 200
"""Documents that one transaction writes. Others write in between, so nobody waits for a whole handbook."""
_CANDIDATES = 4
"""How many times as many passages are ranked as are wanted, since a document gives only some."""
# What a word counts in the title, in the headings, in the text, and among the extra words.
_RANK = "bm25(passage, 4.0, 3.0, 1.0, 1.0)"
_FIND = f"""
SELECT {_RANK} AS rank, rowid FROM passage
WHERE passage MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rank, rowid LIMIT ?
"""  # noqa: S608 - a constant
# CROSS JOIN keeps SQLite from beginning with all documents of the scope.
_READ = """
SELECT document.id, document.key, passage.title, passage.body, passage.shown
FROM passage CROSS JOIN document ON document.id = passage.document
WHERE passage.rowid = ? AND document.scope = ?
"""
Result = TypeVar("Result")


class SqliteSearchIndex:
    """An index in a file, which is made when it is first used.

    It is made anew if it is damaged or of another version. Texts are stored as ``make_storable`` returns
    them.

    Raises:
        UserError: the file can't be made, or is another database.
        TransientError: the file can't be read or written at the moment.
    """

    def __init__(self, file: Path) -> None:
        self._file = IndexFile(file)
        self._scopes: dict[str, threading.Lock] = {}

    def replace(self, scope: str, documents: Iterable[Document]) -> IndexChanges:
        """Make a scope hold exactly these documents; of two with one key, the later one.

        Others may find some of the changes while it runs.
        """
        wanted = {make_storable(document.key): document for document in documents}
        digests = {key: _digest(document) for key, document in wanted.items()}
        with self._scopes.setdefault(scope, threading.Lock()):
            return _repeat_if_made_anew(lambda: self._replace(scope, wanted, digests))

    def remove(self, scope: str) -> None:
        """Forget a scope with its documents, and overwrite them in the file."""
        self.replace(scope, ())
        self._file.empty_log()

    def list_scopes(self) -> Sequence[str]:
        """List the scopes that hold a document."""

        def read() -> list[str]:
            with self._file.read() as connection:
                return [name for [name] in connection.execute("SELECT name FROM scope ORDER BY name")]

        return _repeat_if_made_anew(read)

    def list_documents(self, scope: str) -> Sequence[str]:
        """List the keys of a scope's documents."""

        def read() -> list[str]:
            with self._file.read() as connection:
                return sorted(_list_digests(connection, scope))

        return _repeat_if_made_anew(read)

    def search(self, question: str, scopes: Collection[str], most: int = 12) -> Sequence[FoundPassage]:
        """Return the passages of these scopes that fit a question, best first, or none.

        They have any word of the question that says something; those with rarer words, with more of them,
        and with them in the title or in a heading come first.
        """
        query = make_query(question)
        if not query or most < 1:
            return ()
        return _repeat_if_made_anew(lambda: self._search(query, sorted(set(scopes)), most))

    def _search(self, query: str, scopes: Sequence[str], most: int) -> list[FoundPassage]:
        with self._file.read() as connection:
            ranked = []
            for name in scopes:
                scope = _find_scope(connection, name)
                if scope is not None:
                    begin = scope * _IDS_IN_A_SCOPE
                    limits = (begin, begin + _IDS_IN_A_SCOPE, most * _CANDIDATES)
                    ranked += [
                        (rank, number, scope, name)
                        for rank, number in connection.execute(_FIND, (query, *limits))
                    ]
            ranked.sort()
            found = [
                (document, passage)
                for rank, number, scope, name in ranked[: most * _CANDIDATES]
                for document, passage in _read_passage(connection, number, scope, name, -rank)
            ]
        return _choose(found, most)

    def _replace(
        self, scope: str, wanted: Mapping[str, Document], digests: Mapping[str, str]
    ) -> IndexChanges:
        with self._file.read() as connection:
            known = _list_digests(connection, scope)
        gone = [key for key in known if key not in wanted]
        changed = iter([key for key, digest in digests.items() if known.get(key) != digest])
        written = 0
        if gone:
            with self._file.write() as connection:
                _forget(connection, scope, gone)
        while batch := list(islice(changed, _DOCUMENTS_AT_ONCE)):
            with self._file.write() as connection:
                _forget(connection, scope, batch)
                for key in batch:
                    _add(connection, scope, key, wanted[key], digests[key])
            written += len(batch)
        return IndexChanges(written, len(wanted) - written, len(gone))


def _repeat_if_made_anew(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except MadeAnewError:
        return call()


def _digest(document: Document) -> str:
    passages = [(passage.headings, passage.text, passage.link) for passage in document.passages]
    return sha256(json.dumps((document.title, passages)).encode()).hexdigest()


def _find_scope(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute("SELECT id FROM scope WHERE name = ?", (name,)).fetchone()
    return row and int(row[0])


def _list_digests(connection: sqlite3.Connection, scope: str) -> dict[str, str]:
    joined = "document JOIN scope ON scope.id = document.scope"
    return dict(connection.execute(f"SELECT key, digest FROM {joined} WHERE name = ?", (scope,)))  # noqa: S608


def _forget(connection: sqlite3.Connection, scope: str, keys: Iterable[str]) -> None:
    """Delete documents of a scope, and the scope if none is left."""
    number = _find_scope(connection, scope)
    for key in keys:
        row = connection.execute(
            "DELETE FROM document WHERE scope = ? AND key = ? RETURNING first_passage, passages",
            (number, key),
        ).fetchone()
        if row is not None:
            first, passages = row
            connection.execute(
                "DELETE FROM passage WHERE rowid >= ? AND rowid < ?", (first, first + passages)
            )
    connection.execute(
        "DELETE FROM scope WHERE id = ? AND NOT EXISTS (SELECT 1 FROM document WHERE scope = scope.id)",
        (number,),
    )


def _add(connection: sqlite3.Connection, scope: str, key: str, document: Document, digest: str) -> None:
    connection.execute("INSERT INTO scope (name) VALUES (?) ON CONFLICT DO NOTHING", (scope,))
    passages = len(document.passages)
    # Ids aren't used again within a scope, and AUTOINCREMENT gives no scope the range of an earlier one.
    number, next_passage = connection.execute(
        "UPDATE scope SET passages = passages + ? WHERE name = ? RETURNING id, passages", (passages, scope)
    ).fetchone()
    first = number * _IDS_IN_A_SCOPE + next_passage - passages
    [document_id] = connection.execute(
        "INSERT INTO document (scope, key, digest, first_passage, passages) VALUES (?, ?, ?, ?, ?)"
        " RETURNING id",
        (number, key, digest, first, passages),
    ).fetchone()
    title = make_storable(document.title)
    connection.executemany(
        "INSERT INTO passage (rowid, title, headings, body, extra, shown, document)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (first + place, title, *_make_columns(title, passage), document_id)
            for place, passage in enumerate(document.passages)
        ),
    )


def _make_columns(title: str, passage: Passage) -> tuple[str, str, str, str]:
    """Return the headings, the text and the extra words to search, and what is shown with them, as JSON."""
    headings, text = make_storable("\n".join(passage.headings)), make_storable(passage.text)
    shown = [*map(make_storable, passage.headings), make_storable(passage.link)]
    return headings, text, list_extra_words(title, headings, text), json.dumps(shown)


def _read_passage(
    connection: sqlite3.Connection, number: int, scope: int, name: str, score: float
) -> Iterable[tuple[int, FoundPassage]]:
    for document, key, title, text, shown in connection.execute(_READ, (number, scope)):
        *headings, link = json.loads(shown)
        yield document, FoundPassage(name, key, title, Passage(tuple(headings), text, link), score)


def _choose(found: Sequence[tuple[int, FoundPassage]], most: int) -> list[FoundPassage]:
    """Return the best passages, of which only some are from the same document if there are enough others."""
    counts: Counter[int] = Counter()
    chosen: list[FoundPassage] = []
    others: list[FoundPassage] = []
    for document, passage in found:
        counts[document] += 1
        (chosen if counts[document] <= MOST_OF_A_DOCUMENT else others).append(passage)
    best = [*chosen, *others][:most]
    return sorted(best, key=lambda passage: -passage.score)
