import pytest

from bot.domain.review.surroundings.candidates import (
    MOST_FILES,
    MOST_PATHS,
    FileKind,
    choose_candidates,
    classify_file,
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("app/agent.py", FileKind.CODE),
        ("app/Chat.tsx", FileKind.CODE),
        ("tests/test_agent.py", FileKind.TEST),
        ("evals/cases.yaml", FileKind.TEST),
        ("settings.yaml", FileKind.SETTINGS),
        ("app/config/defaults.toml", FileKind.SETTINGS),
        (".env.example", FileKind.SETTINGS),
        ("docs/adr/0012-retries.md", FileKind.PAGE),
        (".github/workflows/ci.yml", FileKind.PIPELINE),
        (".env", None),
        ("uv.lock", None),
        ("package.json", None),
        ("docs/_sidebar.md", None),
        ("mkdocs.yml", None),
        ("CHANGELOG.md", None),
        ("tests/__snapshots__/page.ts", None),
        ("web/page.test.tsx.snap", None),
        ("node_modules/a/index.js", None),
        ("notes.txt", None),
        (f"app/{'x' * 400}.py", None),
    ],
)
def test_a_path_says_what_an_unchanged_file_may_be_opened_for(path: str, kind: FileKind | None) -> None:
    assert classify_file(path) is kind


def test_the_nearest_files_of_the_same_language_come_first() -> None:
    tree = ["web/a.ts", "other/a.py", "app/far/a.py", "app/core/b.py", "app/core/changed.py", "main.py"]
    chosen = choose_candidates({"app/core/changed.py"}, tree)
    assert list(chosen) == ["app/core/b.py", "app/far/a.py", "main.py", "other/a.py", "web/a.ts"]


def test_the_number_of_files_of_each_kind_is_limited() -> None:
    tree = [f"app/part{n}.py" for n in range(2_000)] + [f"docs/page{n}.md" for n in range(500)]
    chosen = list(choose_candidates({"app/agent.py"}, [*tree, "docs/adr/zz.md"]).values())
    assert chosen.count(FileKind.CODE) == MOST_FILES[FileKind.CODE]
    assert chosen.count(FileKind.PAGE) == MOST_FILES[FileKind.PAGE]
    assert "docs/adr/zz.md" in choose_candidates({"app/agent.py"}, [*tree, "docs/adr/zz.md"])


def test_of_a_very_large_tree_only_the_nearest_paths_are_looked_at() -> None:
    tree = [f"far/part{n}/a.md" for n in range(MOST_PATHS)] + ["app/core/near.py", "app/b.py"]
    assert [path for path in choose_candidates({"app/core/a.py"}, tree) if path.startswith("app/")] == [
        "app/core/near.py",
        "app/b.py",
    ]
