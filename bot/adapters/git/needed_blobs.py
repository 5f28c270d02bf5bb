"""Listing the objects that a reading opens, and those that a partial clone lacks."""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from bot.adapters.git.commands import GitRunner
from bot.domain.review import diff, paths
from bot.domain.review.dependency_files import is_manifest
from bot.domain.review.surroundings.candidates import choose_candidates
from bot.errors import IncompleteReadingError
from bot.ports.checkout import CloneRequest

_HIDING_FILES = (".senseiignore", ".gitattributes")
_File = TypeVar("_File")


def find_missing(git: GitRunner, objects: Iterable[str]) -> list[str]:
    """Return the ids of the objects that the clone does not have."""
    wanted = list(dict.fromkeys(objects))
    stdin = "".join(f"{oid}\n" for oid in wanted).encode()
    answer = git.ask("cat-file", "--batch-check", "--buffer", to="look for objects", stdin=stdin)
    answers = zip(wanted, answer.split(b"\n"), strict=False)
    return [oid for oid, line in answers if line.endswith(b" missing")]


def list_needed_blobs(git: GitRunner, request: CloneRequest, most_files: int) -> list[str]:
    """List the blobs that a reading opens: both sides of changed files, and the files that go with them.

    Without a base, a reading opens every file of the head.

    Raises:
        IncompleteReadingError: the commit or the change has more than ``most_files`` files.
    """
    if request.base is None:
        files = _list_tree(git, request.head, most_files)
        return [blob for mode, blob, _ in files if mode != diff.SUBMODULE]
    changed = list(_list_changes(git, request.base, request.head, most_files))
    names = {name for file in changed for name in (file.path, file.old_path)}
    return [
        *_list_companions(git, request.head, names, most_files),
        *_list_hiding_files(git, request.base, most_files),
        *_list_changed_blobs(changed),
    ]


def _list_companions(git: GitRunner, head: str, changed: Collection[str], most_files: int) -> Iterator[str]:
    """Yield the files of the head that a reading may open even if they have not changed."""
    files = {path: blob for mode, blob, path in _list_tree(git, head, most_files) if mode != diff.SUBMODULE}
    candidates = choose_candidates(changed, files)
    for path, blob in files.items():
        if path in _HIDING_FILES or path in candidates or is_manifest(path):
            yield blob


def _list_hiding_files(git: GitRunner, base: str, most_files: int) -> Iterator[str]:
    for _, blob, path in _list_tree(git, base, most_files):
        if path.rpartition("/")[2] in _HIDING_FILES:
            yield blob


def _list_changes(git: GitRunner, base: str, head: str, most_files: int) -> Iterator[diff.FileDiff]:
    bases = git.ask("merge-base", "--all", base, head, to="compare", negative=(1,)).split()
    left = bases[0].decode() if bases else _empty_tree(git)
    arguments = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", left, head)
    with git.fields("diff-tree", *arguments, to="compare") as fields:
        yield from _limit_files(diff.parse_entries(fields), most_files)


def _list_changed_blobs(files: Iterable[diff.FileDiff]) -> Iterator[str]:
    for file in files:
        sides = (side for side in (file.old, file.new) if side and side.mode != diff.SUBMODULE)
        yield from (side.oid for side in sides if side.oid.strip("0"))


def _limit_files(files: Iterable[_File], most: int) -> Iterator[_File]:
    """Yield files one by one: memory is not limited here, and a few trees can name millions of files."""
    for number, file in enumerate(files):
        if number >= most:
            raise IncompleteReadingError(f"The commit or the change has more than {most:,} files.")
        yield file


def _empty_tree(git: GitRunner) -> str:
    return git.ask("hash-object", "-t", "tree", "--stdin", to="compare").decode().strip()


def _list_tree(git: GitRunner, commit: str, most: int) -> Iterator[tuple[str, str, str]]:
    """Yield the mode, the blob's id and the path of each file."""
    with git.fields("ls-tree", "-r", "-z", "--full-tree", commit, to="list the files") as entries:
        for entry in _limit_files(entries, most):
            description, _, path = entry.partition(b"\t")
            mode, _, blob = description.decode("ascii").split(" ")
            yield mode, blob, paths.from_git(path)
