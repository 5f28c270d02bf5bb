"""The sample changes become the same repositories everywhere, and hold what the demo needs."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from git import Repo

from bot import resources
from bot.adapters.files import sample_repositories
from bot.errors import UserError

NAMES = sample_repositories.sample_names()
# Pieces, so that this file holds nothing that a secret scanner would take for a key.
KEY_LIKE = re.compile(rb"|".join([b"A" + b"KIA[A-Z2-7]{16}", b"sk-" + b"ant-[A-Za-z0-9_-]{8}"]))


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder with the digest of its bytes."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def head_files(sample: sample_repositories.Sample) -> list[Path]:
    return [sample.path / str(name) for name in Repo(sample.path).git.ls_files().splitlines()]


@pytest.fixture(params=NAMES)
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> sample_repositories.Sample:
    return sample_repositories.build(request.param, tmp_path / "sample")


def test_two_samples_ship() -> None:
    assert NAMES == ["adk-onboarding-agent", "bedrock-claims-triage"]


def test_a_sample_is_one_commit_on_another_and_says_that_it_is_a_sample(
    sample: sample_repositories.Sample,
) -> None:
    with Repo(sample.path) as repository:
        assert repository.heads["main"].commit.hexsha == sample.base
        assert repository.heads["capstone"].commit.hexsha == sample.head
        assert repository.head.commit == repository.heads["capstone"].commit
        assert [parent.hexsha for parent in repository.head.commit.parents] == [sample.base]
        assert not repository.is_dirty(untracked_files=True)
        assert repository.head.commit.author.email == "sample@example.invalid"
    assert sample.story.startswith("Sample:")
    assert "is a sample that ships with Sensei" in (sample.path / "README.md").read_text(encoding="utf-8")


def test_the_change_has_the_size_of_a_real_one(sample: sample_repositories.Sample) -> None:
    with Repo(sample.path) as repository:
        numbers = repository.git.diff("--numstat", "--no-renames", sample.base, sample.head)
        statuses = repository.git.diff("--name-status", "-M", sample.base, sample.head).splitlines()
        shortstat = repository.git.diff("--shortstat", "-M", sample.base, sample.head)
        before = len(repository.git.ls_tree("-r", "--name-only", sample.base).splitlines())
    after = len(head_files(sample))
    changed = sum(int(number) for number in re.findall(r"(\d+) (?:insertion|deletion)", shortstat))
    assert "-\t-\t" not in numbers  # nothing binary
    assert 12 <= after <= 25
    assert 0.6 <= before / after <= 0.75
    assert 250 <= changed <= 450
    assert 6 <= len(statuses) <= 12
    assert any(status[0] in "RD" for status in statuses)
    assert any(re.search(r"\t(tests|evals?)/", status) for status in statuses)
    assert any("docs/decisions/" in status for status in statuses)


@pytest.mark.parametrize("revision", ["base", "head"])
def test_what_can_be_parsed_parses(sample: sample_repositories.Sample, revision: str) -> None:
    with Repo(sample.path) as repository:
        repository.git.checkout("--quiet", getattr(sample, revision))
    for file in head_files(sample):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".py":
            compile(text, str(file), "exec", dont_inherit=True)
        elif file.suffix == ".json":
            json.loads(text)
        elif file.suffix == ".jsonl":
            assert [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_commits_come_out_whatever_the_user_has_configured(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = sample_repositories.build(name, tmp_path / "plain")

    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    (home / "hooks").mkdir()
    hook = home / "hooks" / "pre-commit"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\nexit 1\n")
    hook.chmod(0o755)
    settings = f"""
[core]
hooksPath = {home}/hooks
autocrlf = true
[init]
templateDir = {home}
[commit]
gpgSign = true
[user]
name = Somebody Else
"""
    (home / ".gitconfig").write_text(settings)
    (home / ".config" / "git" / "ignore").write_text("*.md\n")
    (home / ".config" / "git" / "attributes").write_text("* working-tree-encoding=UTF-16\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for variable in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2001-01-01T00:00:00+09:00")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    configured = sample_repositories.build(name, tmp_path / "configured")

    assert (configured.base, configured.head) == (plain.base, plain.head)
    assert not (tmp_path / "hook-ran").exists()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_outside_the_folder_is_touched(name: str, tmp_path: Path) -> None:
    shipped = contents(resources.folder("samples"))
    (tmp_path / "neighbour.txt").write_text("mine")
    sample_repositories.build(name, tmp_path / "sample")
    assert contents(resources.folder("samples")) == shipped
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["neighbour.txt", "sample"]


def test_no_shipped_file_holds_anything_like_a_key() -> None:
    folder = resources.folder("samples")
    assert [file for file in folder.rglob("*") if file.is_file() and KEY_LIKE.search(file.read_bytes())] == []


def test_the_claims_sample_commits_a_fake_key_where_its_token_stands(tmp_path: Path) -> None:
    sample = sample_repositories.build("bedrock-claims-triage", tmp_path)
    with_key = [file.name for file in head_files(sample) if KEY_LIKE.search(file.read_bytes())]
    assert with_key == ["run-evals.sh"]


def test_no_token_is_left(sample: sample_repositories.Sample) -> None:
    assert [file for file in head_files(sample) if b"@@SAMPLE" in file.read_bytes()] == []


def test_an_unknown_sample_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="adk-onboarding-agent"):
        sample_repositories.build("../secrets", tmp_path / "sample")
    assert not (tmp_path / "sample").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="not an empty folder"):
        sample_repositories.build(NAMES[0], tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]
