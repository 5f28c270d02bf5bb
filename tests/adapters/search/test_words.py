"""The words that are looked for: nothing that a person asks is syntax, and identifiers are found."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.search.words import MOST_TERMS, list_extra_words, make_query


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("How do I set max_tokens?", '"set" OR "max_tokens" OR "max" OR "tokens"'),
        ("What's the deadline, please?", '"deadline"'),
        ("why doesn’t maxTokens work", '"maxtokens" OR "max tokens" OR "max" OR "tokens" OR "work"'),
        ("claude-3.5", '"claude-3.5" OR "claude" OR "3" OR "5"'),
        ("C++ or C# on .NET?", '"cplusplus" OR "csharp" OR "dotnet"'),
        ("Is R as good as C?", '"r" OR "c"'),
        ("Budget budget BUDGET", '"budget"'),
        ("How is it, and what would you do with that?", ""),
        ("?!", ""),
        ('" OR * NEAR(a b) -title: ^x {y}', '"near" OR "title"'),
    ],
)
def test_a_question_becomes_its_words(question: str, query: str) -> None:
    assert make_query(question) == query


def test_a_long_question_is_cut() -> None:
    question = " ".join(f"word{number}" for number in range(100_000))
    assert make_query(question).count(" OR ") == MOST_TERMS - 1
    assert make_query("x" * 1_000_000) == f'"{"x" * 100}"'


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("Set maxTokens, then parseHTTPResponse and maxTokens.", "max Tokens parse HTTP Response"),
        ("GPT4All and JSON stay, iOS does too", "GPT 4 All i OS"),
        ("In C++, C# and F#, not C#5; .NET", "cplusplus csharp fsharp dotnet"),
        ("plain words, a_name and ASP.NET", ""),
        ("a" * 100_000 + "B" * 100_000, "a" * 100),
    ],
)
def test_identifiers_are_divided(text: str, extra: str) -> None:
    assert list_extra_words(text) == extra


@given(st.text(), st.text(alphabet="\"*^:(){}[]+-,.#_'’ ANDORNEARabC\0\ud800½ª"))
def test_sqlite_reads_every_query_as_words(question: str, signs: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(body)")
        for asked in (question, signs):
            if query := make_query(asked):
                assert connection.execute("SELECT * FROM t WHERE t MATCH ?", (query,)).fetchall() == []
