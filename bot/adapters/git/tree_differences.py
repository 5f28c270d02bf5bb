"""The difference between two trees: the changed files, their sizes and their lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.adapters.git.blobs import Blobs
from bot.adapters.git.commands import GitRunner
from bot.domain.review import diff, paths
from bot.domain.review.diff import SUBMODULE, FileDiff, FileSide
from bot.errors import IncompleteReadingError, UserError

# Above this many candidates, git pairs only files with equal names and contents. Its work grows with the
# product of deleted and added files: at this limit, about 4 million comparisons.
_RENAME_LIMIT = 2000
_DIFF = (
    "diff-tree", "-r", "--find-renames=50%", "--no-rename-empty", f"-l{_RENAME_LIMIT}", "--no-color",
    "--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=none",
)  # fmt: skip
_RAW = ("--raw", "-z", "--no-abbrev")
_PATCH = (
    "--patch", "--full-index", "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=myers",
    "--indent-heuristic", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
_TO_READ = "read the change"
_MOST_UNREAD, _MOST_NAMES = 1000, 60_000  # files, characters of names: more won't fit on a command line
_MOST_LINES = 1_500_000  # of a patch: about 200 bytes of memory each, whatever their length


@dataclass(frozen=True)
class DiffLimits:
    """Maximum sizes in bytes: of a file whose lines are read, and of a whole change's text."""

    max_scan_bytes: int
    max_patch_bytes: int


@dataclass(frozen=True)
class TreeDifferences:
    """Compares the trees of one repository."""

    git: GitRunner
    blobs: Blobs
    limits: DiffLimits

    def read(self, base: str, head: str) -> list[FileDiff]:
        """Return the files that differ between two trees or commits, with their lines.

        Names and sizes are read first. A file whose lines cannot be read is marked as unread.

        Raises:
            UserError: a tree is damaged. IncompleteReadingError: git takes too long, or the difference has
                more lines or more unreadable files than Sensei reads.
        """
        changed = self._add_sizes(self._list_changed(base, head))
        unread = {file.path: file for file in self._mark_too_large(changed) if file.unread}
        if len(unread) > _MOST_UNREAD or sum(map(len, unread)) > _MOST_NAMES:
            raise IncompleteReadingError(f"{len(unread)} changed files cannot be read, so Sensei read none.")
        excluded = [path for file in unread.values() for path in {file.path, file.old_path}]
        # Listed again without the unread files, so that renames are paired as in the patch.
        rest = self._add_sizes(self._list_changed(base, head, excluded)) if excluded else changed
        arguments = (*_DIFF, *_PATCH, base, head, *_exclude(excluded))
        with self._git_for(excluded).lines(*arguments, to=_TO_READ) as lines:
            read = {file.path: file for file in diff.add_hunks(rest, _limit_lines(lines))}
        return _join_files(changed, read, unread)

    def _list_changed(self, base: str, head: str, excluded: Sequence[str] = ()) -> Sequence[FileDiff]:
        git = self._git_for(excluded)
        changed = diff.parse_patch(git.ask(*_DIFF, *_RAW, base, head, *_exclude(excluded), to=_TO_READ))
        require_unique((file.path for file in changed), git.repository_name)
        return changed

    def _git_for(self, excluded: Sequence[str]) -> GitRunner:
        """Return a runner that accepts the patterns of ``_exclude``; other runners take paths literally."""
        return self.git.with_variables({"GIT_LITERAL_PATHSPECS": "0"}) if excluded else self.git

    def _mark_too_large(self, files: Sequence[FileDiff]) -> Iterator[FileDiff]:
        """Mark the largest files as unread until the text of the rest is within the limit."""

        def text_bytes(file: FileDiff) -> int:
            sizes = [side.size or 0 for side in (file.old, file.new) if side]
            return sum(size for size in sizes if size <= self.limits.max_scan_bytes)

        left = sum(text_bytes(file) for file in files if not file.unread)
        for file in sorted(files, key=text_bytes, reverse=True):
            if left > self.limits.max_patch_bytes and not file.unread:
                left -= text_bytes(file)
                limit = self.limits.max_patch_bytes
                yield replace(file, unread=f"the change has more than {limit} bytes of text", for_good=True)
            else:
                yield file

    def _add_sizes(self, files: Sequence[FileDiff]) -> list[FileDiff]:
        """Add the sizes of both sides; a file whose content this clone lacks is marked as unread."""
        sides = [side for file in files for side in (file.old, file.new) if side]
        sizes = self.blobs.sizes(side.oid for side in sides if side.mode != SUBMODULE)

        def add_size(side: FileSide | None) -> FileSide | None:
            return replace(side, size=sizes.get(side.oid)) if side else None

        def lacks_content(file: FileDiff) -> bool:
            blobs = [side for side in (file.old, file.new) if side and side.mode != SUBMODULE]
            return any(side.oid not in sizes for side in blobs)

        reason = str(self.blobs.missing_error("this file")) if any(map(lacks_content, files)) else None
        return [
            replace(
                file,
                old=add_size(file.old),
                new=add_size(file.new),
                unread=reason if lacks_content(file) else None,
            )
            for file in files
        ]


def require_unique(names: Iterable[str], repository: str) -> None:
    """Make sure that no path is listed twice: Sensei would read only one of the two entries.

    Raises:
        UserError: one is, which happens only in a damaged tree.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UserError(
                f"git lists {paths.display_path(name)} twice in {repository}, because the commit's list of "
                "files is damaged. Nothing was read.",
                "Run `git fsck` to find the damaged commit, then create that commit again.",
            )
        seen.add(name)


def _exclude(names: Sequence[str]) -> tuple[str, ...]:
    """Return arguments that exclude files by their literal names."""
    return ("--", *(f":(top,exclude,literal){name}" for name in names)) if names else ()


def _join_files(
    changed: Sequence[FileDiff], read: Mapping[str, FileDiff], unread: Mapping[str, FileDiff]
) -> list[FileDiff]:
    """Return every changed file once, either with its content or marked as unread."""
    renamed = {file.old_path for file in read.values()}  # with fewer files, git may find more renames
    joined = {**read, **unread}
    lost = (file for file in changed if file.path not in joined and file.path not in renamed)
    joined |= {file.path: _mark_excluded(file, unread) for file in lost}
    order = dict.fromkeys((*(file.path for file in changed), *read))
    return [joined[path] for path in order if path in joined]


def _mark_excluded(file: FileDiff, unread: Mapping[str, FileDiff]) -> FileDiff:
    """Mark a file as unread if ``_exclude`` excluded it too: a name covers everything below it."""
    named = {name: other for other in unread.values() for name in (other.path, other.old_path)}
    above = next((name for name in named if file.path.startswith(f"{name}/")), None)
    replaced = paths.display_path(above) if above else "another file"
    why = f"it is in a folder that replaces {replaced}, which could not be read"
    return replace(file, unread=why, for_good=above is not None and named[above].for_good)


def _limit_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        if number >= _MOST_LINES:
            raise IncompleteReadingError(f"the change has more than {_MOST_LINES:,} lines")
        yield line
