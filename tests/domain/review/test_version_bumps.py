import time

import pytest

from bot.domain.review.version_bumps import is_release, is_version_bump
from tests.domain.changes import readable

PYPROJECT = """[project]
name = "desk"
version = "1.4.0"
requires-python = ">=3.11"
dependencies = [
  "httpx>=1.27,<2",
  "pydantic[email]>=2.8,<3",
  "anthropic==0.40.1",
]

[tool.poetry.group.dev.dependencies]
pytest = "^8.1.0"

[tool.desk]
retries = 3
httpx = "fast"
"""
PACKAGE = """{
  "version": "1.2.3",
  "dependencies": {
    "@ai-sdk/openai": "^1.2.0",
    "left-pad": "1.0.0"
  },
  "engines": {"node": ">=20.1.0"},
  "strict": true
}
"""
PINNED = f"1.27.0 \\\n    --hash=sha256:{'a' * 64}"
REQUIREMENTS = f"""httpx=={PINNED}
pydantic >= 2.8.1
uvicorn[standard]==1.30.0 ; python_version < "3.13"
"""
GO = """module desk

go 1.22.1

require (
	github.com/x/y/v2 v2.1.0
	example.org/z v1.0.1 // indirect
)
"""
GRADLE = "dependencies {\n    implementation 'org.example:shop:1.2.3'\n    timeout = 30\n}\n"
CONDA = "dependencies:\n  - numpy=1.26.1\n  - python=3.11.1\n"


def bumps(path: str, before: str, *edits: tuple[str, str]) -> bool:
    after = before
    for old, new in edits:
        assert old in after
        after = after.replace(old, new)
    return is_version_bump(readable(path, before, after))


@pytest.mark.parametrize(
    ("path", "before", "old", "new"),
    [
        ("pyproject.toml", PYPROJECT, "httpx>=1.27", "httpx>=1.28.1"),
        ("pyproject.toml", PYPROJECT, "[email]>=2.8", "[email]>=2.11"),
        ("pyproject.toml", PYPROJECT, "0.40.1", "0.40.2"),
        ("pyproject.toml", PYPROJECT, "^8.1.0", "^8.4.0"),
        ("web/package.json", PACKAGE, "^1.2.0", "^1.3.7"),
        ("web/package.json", PACKAGE, '"1.0.0"', '"1.0.1"'),
        ("requirements.txt", REQUIREMENTS, "2.8.1", "2.9"),
        ("requirements.txt", REQUIREMENTS, PINNED, PINNED.replace("1.27.0", "1.27.1").replace("aa", "bb")),
        ("go.mod", GO, "v2.1.0", "v2.2.0"),
        ("go.mod", GO, "v1.0.1 //", "v1.0.9 //"),
        ("build.gradle", GRADLE, "1.2.3", "1.4.0"),
        ("environment.yml", CONDA, "1.26.1", "1.26.4"),
    ],
)  # fmt: skip
def test_a_later_compatible_version_is_a_bump(path: str, before: str, old: str, new: str) -> None:
    assert bumps(path, before, (old, new))


@pytest.mark.parametrize(
    ("path", "before", "old", "new"),
    [
        ("pyproject.toml", PYPROJECT, "<3", "<4"),  # a new major version
        ("pyproject.toml", PYPROJECT, "0.40.1", "0.41.0"),  # before 1.0, a minor version may break anything
        ("pyproject.toml", PYPROJECT, "httpx>=1.27", "httpx>=1.26"),  # back to an earlier version
        ("pyproject.toml", PYPROJECT, "0.40.1", "0.40.2rc1"),
        ("pyproject.toml", PYPROJECT, "anthropic==0.40.1", "anthropic>=0.40.1"),
        ("pyproject.toml", PYPROJECT, "[email]", "[email,timezone]"),
        ("pyproject.toml", PYPROJECT, ">=3.11", ">=3.12"),
        ("pyproject.toml", PYPROJECT, "retries = 3", "retries = 30"),
        ("pyproject.toml", PYPROJECT, "==0.40.1", "==0.40.2\",\n  \"shop==1.0.0"),
        ("pyproject.toml", PYPROJECT, "anthropic==", "antropic=="),  # another package
        ("package.json", PACKAGE, "^1.2.0", "latest"),
        ("package.json", PACKAGE, "^1.2.0", "~1.3.0"),
        ("package.json", PACKAGE, "20.1.0", "20.2.0"),
        ("package.json", PACKAGE, '"strict": true', '"strict": false'),
        ("requirements.txt", REQUIREMENTS, "3.13", "3.14"),
        ("requirements.txt", REQUIREMENTS, "pydantic >= 2.8.1", "--index-url https://example.org/2.8.1"),
        ("go.mod", GO, "go 1.22.1", "go 1.22.3"),
        ("build.gradle", GRADLE, "30", "31"),
        ("setup.py", 'setup(install_requires=[\n"httpx==1.2.0",\n])\n', "1.2.0", "1.3.0"),
        ("app/models.py", 'MODEL = [\n"httpx==1.2.0",\n]\n', "1.2.0", "1.3.0"),
    ],
)  # fmt: skip
def test_anything_else_may_be_a_decision(path: str, before: str, old: str, new: str) -> None:
    assert not bumps(path, before, (old, new))


def test_a_bump_beside_a_changed_flag_is_read() -> None:
    assert not bumps("package.json", PACKAGE, ("^1.2.0", "^1.3.0"), ('"strict": true', '"strict": false'))
    assert not bumps("pyproject.toml", PYPROJECT, ("^8.1.0", "^8.2.0"), ("retries = 3", "retries = 4"))


@pytest.mark.parametrize(
    ("path", "before", "old", "new"),
    [
        ("pyproject.toml", PYPROJECT, "1.4.0", "2.0.0"),
        ("package.json", PACKAGE, "1.2.3", "1.2.4"),
        ("desk/__init__.py", 'NAME = "desk"\n__version__ = "1.2.3.dev"\n', "1.2.3.dev", "1.2.3"),
    ],
)
def test_the_version_of_the_project_itself_is_a_release(path: str, before: str, old: str, new: str) -> None:
    assert is_release(readable(path, before, before.replace(old, new)))


@pytest.mark.parametrize(
    ("path", "before", "old", "new"),
    [
        ("pyproject.toml", PYPROJECT + '\n[tool.guardrail]\nversion = "5.1"\n', "5.1", "5.2"),
        ("package.json", '{\n"version": "1.0.0",\n"model": {\n"version": "5.1"\n}\n}\n', "5.1", "5.2"),
        ("guardrail.py", 'version = "1"\n', "1", "2"),
        ("infra/guardrail.json", '{\n"version": "1.0"\n}\n', "1.0", "1.1"),
        ("desk/__init__.py", '__version__ = "1.2.3"\n', '"1.2.3"', "read()"),
        ("desk/__init__.py", '__version__ = "1.2.3"\nRETRIES = 3\n', "3", "4"),
    ],
)
def test_the_version_of_anything_else_is_read(path: str, before: str, old: str, new: str) -> None:
    assert not is_release(readable(path, before, before.replace(old, new)))


def test_the_version_in_a_dependency_s_table_is_not_the_project_s() -> None:
    table = PYPROJECT + '\n[tool.poetry.dependencies.shop]\nversion = "5.1"\n'
    assert not is_release(readable("pyproject.toml", table, table.replace("5.1", "1.4.0")))
    same = PYPROJECT + '\n[tool.poetry.dependencies.shop]\nversion = "1.4.0"\n'
    assert not is_release(readable("pyproject.toml", same, same.replace("1.4.0", "2.0.0")))


def test_many_versions_in_one_file_are_looked_up_once() -> None:
    before = PYPROJECT + '\n[[tool.x]]\nversion = "1.4.0"\n' * 200
    change = readable("pyproject.toml", before, before.replace("1.4.0", "2.0.0"))
    started = time.process_time()
    assert not is_release(change)
    assert time.process_time() - started < 1


def test_another_excluded_version_allows_the_one_before() -> None:
    assert not bumps("requirements.txt", "httpx!=1.2.3\n", ("1.2.3", "1.2.4"))


def test_a_nul_is_not_a_version() -> None:
    start = f"# {'x' * 9000}\n"  # git takes a file with an earlier NUL for a binary one
    assert not bumps("requirements.txt", f"{start}httpx==\0\n", ("\0", "1.2.0"))


def test_a_release_that_also_updates_a_dependency_is_an_update() -> None:
    assert bumps("pyproject.toml", PYPROJECT, ("1.4.0", "1.4.1"), ("^8.1.0", "^8.2.0"))


def test_a_file_that_is_too_deep_to_parse_is_read() -> None:
    deep = f"[{'.'.join('a' * 100)}]\n" + PYPROJECT
    assert not bumps("pyproject.toml", deep, ("^8.1.0", "^8.2.0"))
    assert not is_release(readable("pyproject.toml", deep, deep.replace("1.4.0", "1.4.1")))


def test_a_new_deleted_or_renamed_dependency_file_is_read() -> None:
    assert not is_version_bump(readable("requirements.txt", None, REQUIREMENTS))
    assert not is_version_bump(readable("requirements.txt", REQUIREMENTS, None))
    later = REQUIREMENTS.replace("2.8.1", "2.8.2")
    assert not is_version_bump(
        readable("requirements.txt", REQUIREMENTS, later, old_path="old/requirements.txt")
    )
