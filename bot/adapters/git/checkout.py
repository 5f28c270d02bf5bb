"""The port ``Checkout``, by git."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.git.blobs import Blobs
from bot.adapters.git.commands import GitRunner
from bot.adapters.git.revisions import Revisions
from bot.adapters.git.uncommitted_changes import UncommittedTree, WorkingTreeSource
from bot.domain.review import commit_messages, diff, paths
from bot.domain.review.diff import SUBMODULE, FileDiff, FileSide, FileStatus
from bot.errors import IncompleteReadingError, UserError
from bot.ports.checkout import Change, CommitMessages, TreeEntry

# Above so many candidates git compares names and contents only where they are equal: its work grows with
# the product of deleted and added files, some 4 million comparisons here.
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
_TO_READ_MESSAGES = "read the commit messages"
_MOST_MESSAGES = 50
_LONGEST_MESSAGE = 64 * 1024  # bytes of the whole commit; of what a model is shown much less fits
_MOST_UNREAD, _MOST_NAMES = 1000, 60_000  # files, characters: more would not fit on a command line
_MOST_LINES = 1_500_000  # of a patch: some 200 bytes of memory each, whatever their length
_ATTRIBUTES = ("linguist-generated", "linguist-vendored")
_CHECK_ATTR_SOURCE = (2, 40)  # the first git whose check-attr knows --source


@dataclass(frozen=True)
class DiffLimits:
    """Sizes in bytes: of a file whose lines are read, and of the text of a whole change."""

    max_scan_bytes: int
    max_patch_bytes: int


@dataclass(frozen=True)
class OpenedRepository:
    """What opening a repository has found out.

    ``staging`` are commands in the working tree, None where there is none; ``index`` is the index that
    counts as staged (a hook is told of one); the one that belongs to the working tree is in ``git_dir``.
    """

    staging: GitRunner | None
    index: Path
    git_dir: Path
    objects: Path
    version: tuple[int, ...]
    shallow: bool
    empty_tree: str


@dataclass(frozen=True)
class _Head:
    """What is read: a tree (or commit) id, the commit it stands on, and how a ``Change`` calls it."""

    tree: str
    commit: str | None
    name: str
    notes: tuple[str, ...] = ()


class GitCheckout:
    """Reads one repository. ``change`` or ``baseline`` comes first and decides what the rest is about."""

    def __init__(
        self, reading: GitRunner, repository: OpenedRepository, limits: DiffLimits, resources: ExitStack
    ) -> None:
        self._git = reading
        self._repository = repository
        self._limits = limits
        self._resources = resources
        self._revisions = Revisions(reading, shallow=repository.shallow)
        self._trees: tuple[str | None, str] | None = None
        self._hiding_base: str | None = None
        self._range: tuple[str | None, str | None] = (None, None)
        self._use(reading)

    def change(self, base: str | None, head: str) -> Change:
        """Read the change from the merge base of ``base`` and ``head``.

        Without ``base`` the index is compared with HEAD, and anything else with the first that exists of
        origin/HEAD, origin/main, origin/master, main and master.

        Raises:
            UserError: a revision does not exist or cannot be used, or the repository is damaged.
            Incomplete: git takes too long, this clone lacks content, or the change has more text than the
                limit; nothing of it is given then, as a part would pass for the whole.
        """
        tip = self._revisions.resolve(base) if base is not None else None
        at = self._head(head)
        notes = at.notes
        merge_base = None
        if at.commit is not None:
            tip = tip or (at.commit if head == "INDEX" else self._revisions.default_base())
            merge_bases = self._revisions.merge_bases(tip, at.commit)
            merge_base = merge_bases[0] if merge_bases else None
            if not merge_bases:
                notes += ("The base and the head have no common history: every file counts as added.",)
            if len(merge_bases) > 1:
                notes += (
                    f"The base and the head have {len(merge_bases)} merge bases; git chose {merge_base}.",
                )
        self._trees, self._hiding_base = (merge_base, at.tree), tip
        self._range = (merge_base, at.commit)
        files = self._files(merge_base or self._repository.empty_tree, at.tree)
        return Change(base=merge_base, head=at.name, hiding_base=tip, files=tuple(files), notes=notes)

    def baseline(self, head: str) -> Change:
        """Read a whole tree as if every file were added, without hunks.

        Raises:
            UserError, Incomplete: as for ``change``.
        """
        at = self._head(head)
        self._trees, self._hiding_base = (None, at.tree), at.commit
        entries = self.tree()
        self._require_one_each(entry.path for entry in entries)
        files = tuple(
            FileDiff(entry.path, entry.path, FileStatus.ADDED, old=None, new=entry.side) for entry in entries
        )
        return Change(base=None, head=at.name, hiding_base=at.commit, files=files, notes=at.notes)

    def tree(self) -> Sequence[TreeEntry]:
        """List every file of the head, submodules included."""
        return self._listed(self._resolved()[1])

    def read(self, side: FileSide) -> bytes:
        """Read one blob's bytes.

        Raises:
            Incomplete: this clone does not have it, or git takes too long.
        """
        return self._blobs.read(side.oid)

    def hiding_file(self, path: str, most: int) -> bytes | None:
        """Return a regular file of the change's ``hiding_base``, or None where there is none.

        Raises:
            UserError: it has more than ``most`` bytes.
            Incomplete, UserError: as for ``read``.
        """
        entries = self._listed(self._hiding_base, path) if self._hiding_base else []
        regular = [entry.side for entry in entries if entry.side.mode.startswith("100")]
        if not regular:
            return None
        if (regular[0].size or 0) > most:
            raise UserError(
                f"{path} on the base has more than {most // 1024} kB, so what it hides could not be hidden.",
                "Nothing was read. Shorten it.",
            )
        return self.read(regular[0])

    def messages(self) -> CommitMessages:
        """Return the messages of the change's commits, newest first; none for a baseline.

        Raises:
            UserError, Incomplete: as for ``read``.
        """
        base, head = self._range
        if head is None:
            return CommitMessages()
        since = (f"^{base}",) if base else ()
        newest = ("rev-list", f"--max-count={_MOST_MESSAGES}", head, *since, "--")
        oids = self._git.ask(*newest, to=_TO_READ_MESSAGES).decode("ascii").split()
        sizes = self._blobs.sizes(oids)
        fit = [oid for oid in oids if sizes.get(oid, 0) <= _LONGEST_MESSAGE]
        # Not from ``git log``, which ends a message at a NUL and drops one that it cannot convert.
        texts = {oid: commit_messages.read_message(self._blobs.read(oid)) for oid in fit}
        too_long = f"longer than {_LONGEST_MESSAGE // 1024} kB"
        unread = {
            oid: "in an encoding that Sensei does not read" if oid in texts else too_long for oid in oids
        }
        return CommitMessages(
            tuple((_name(oid), text) for oid, text in texts.items() if text is not None),
            tuple(f"{_name(oid)}: {why}" for oid, why in unread.items() if texts.get(oid) is None),
        )

    def attributes(self, commit: str | None, files: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return for each path which of ``linguist-generated`` and ``linguist-vendored`` a commit sets.

        An older git cannot read attributes of a commit: nothing is set then, so that less is hidden.
        """
        if commit is None or not files or self._repository.version < _CHECK_ATTR_SOURCE:
            return {}
        stdin = b"".join(paths.to_git(path) + b"\0" for path in files)
        arguments = ("check-attr", f"--source={commit}", "--stdin", "-z", *_ATTRIBUTES)
        fields = iter(self._git.ask(*arguments, to="read .gitattributes", stdin=stdin).split(b"\0"))
        found: dict[str, set[str]] = {path: set() for path in files}
        for path, name, value in zip(fields, fields, fields, strict=False):
            if value in {b"set", b"true"}:
                found[paths.from_git(path)].add(name.decode("ascii"))
        return {path: frozenset(names) for path, names in found.items()}

    def _use(self, reading: GitRunner) -> None:
        self._git = reading
        self._blobs = Blobs(reading)
        self._resources.callback(self._blobs.close)

    def _head(self, head: str) -> _Head:
        if head in {"INDEX", "WORKTREE"}:
            return self._uncommitted(head)
        commit = self._revisions.resolve(head)
        return _Head(tree=commit, commit=commit, name=commit)

    def _uncommitted(self, head: str) -> _Head:
        if self._repository.staging is None:
            raise UserError(
                f"The repository {self._git.where} is bare, or its working tree is not where its .git is: "
                "Sensei cannot read uncommitted changes there.",
                "Name a commit as the head.",
            )
        scratch = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="sensei-")))
        snapshot = UncommittedTree(
            WorkingTreeSource(
                self._git,
                self._repository.staging,
                self._repository.index if head == "INDEX" else self._repository.git_dir / "index",
                self._repository.git_dir,
                self._repository.objects,
            ),
            head,
            max_scan_bytes=self._limits.max_scan_bytes,
            scratch=scratch,
        )
        self._use(self._git.under(snapshot.environment))
        return _Head(snapshot.tree, self._revisions.head(), head, snapshot.notes)

    def _resolved(self) -> tuple[str | None, str]:
        if self._trees is None:
            raise ValueError("a tree is read after change() or baseline()")
        return self._trees

    def _files(self, base: str, head: str) -> list[FileDiff]:
        """Read names and sizes first, then the lines of every file but those that cannot be read."""
        changed = self._sized(self._changed(base, head))
        unread = {file.path: file for file in self._without_too_large(changed) if file.unread}
        if len(unread) > _MOST_UNREAD or sum(map(len, unread)) > _MOST_NAMES:
            raise IncompleteReadingError(f"{len(unread)} changed files cannot be read, so nothing was.")
        apart = [path for file in unread.values() for path in {file.path, file.old_path}]
        # Named again without them, so that renames are paired as they are in the patch.
        rest = self._sized(self._changed(base, head, apart)) if apart else changed
        with self._but(apart).lines(*_DIFF, *_PATCH, base, head, *_except(apart), to=_TO_READ) as lines:
            read = {file.path: file for file in diff.add_hunks(rest, _at_most(lines, _MOST_LINES))}
        return _together(changed, read, unread)

    def _changed(self, base: str, head: str, apart: Sequence[str] = ()) -> Sequence[FileDiff]:
        git = self._but(apart)
        changed = diff.parse_patch(git.ask(*_DIFF, *_RAW, base, head, *_except(apart), to=_TO_READ))
        self._require_one_each(file.path for file in changed)
        return changed

    def _require_one_each(self, names: Iterable[str]) -> None:
        """Refuse what only a damaged tree gives: two entries of one name, of which one would not be read."""
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise UserError(
                    f"git lists {paths.shown(name)} twice in {self._git.where}, because the commit's list of "
                    "files is damaged. Nothing was read.",
                    "`git fsck` says which commit it is; make that commit again.",
                )
            seen.add(name)

    def _but(self, names: Sequence[str]) -> GitRunner:
        """Return commands that understand ``_except``: elsewhere a path is never a pattern."""
        return self._git.under({"GIT_LITERAL_PATHSPECS": "0"}) if names else self._git

    def _without_too_large(self, files: Sequence[FileDiff]) -> Iterator[FileDiff]:
        """Mark the largest files as unread until the text of the rest is within the limit."""

        def text(file: FileDiff) -> int:
            sizes = [side.size or 0 for side in (file.old, file.new) if side]
            return sum(size for size in sizes if size <= self._limits.max_scan_bytes)

        left = sum(text(file) for file in files if not file.unread)
        for file in sorted(files, key=text, reverse=True):
            if left > self._limits.max_patch_bytes and not file.unread:
                left -= text(file)
                limit = self._limits.max_patch_bytes
                yield replace(file, unread=f"the change has more than {limit} bytes of text")
            else:
                yield file

    def _sized(self, files: Sequence[FileDiff]) -> list[FileDiff]:
        sides = [side for file in files for side in (file.old, file.new) if side]
        sizes = self._blobs.sizes(side.oid for side in sides if side.mode != SUBMODULE)

        def sized(side: FileSide | None) -> FileSide | None:
            return replace(side, size=sizes.get(side.oid)) if side else None

        def lacking(file: FileDiff) -> bool:
            blobs = [side for side in (file.old, file.new) if side and side.mode != SUBMODULE]
            return any(side.oid not in sizes for side in blobs)

        why = str(self._blobs.missing("this file")) if any(map(lacking, files)) else None
        return [
            replace(
                file,
                old=sized(file.old),
                new=sized(file.new),
                unread=why if lacking(file) else None,
            )
            for file in files
        ]

    def _listed(self, tree: str, *only: str) -> list[TreeEntry]:
        arguments = ("ls-tree", "-r", "-z", "--long", "--full-tree", tree, "--", *only)
        entries = []
        for record in self._git.ask(*arguments, to="list files").split(b"\0")[:-1]:
            description, path = record.split(b"\t", 1)
            mode, _, oid, size = description.decode("ascii").split()
            # "-" for a submodule; "BAD" for what a partial clone lacks
            side = FileSide(mode, oid, int(size) if size.isdigit() else None)
            entries.append(TreeEntry(paths.from_git(path), side))
        return entries


def _name(commit: str) -> str:
    return f"commit message {commit[:10]}"


def _except(names: Sequence[str]) -> tuple[str, ...]:
    """Return arguments that leave files out; their names are taken as they are."""
    return ("--", *(f":(top,exclude,literal){name}" for name in names)) if names else ()


def _together(
    changed: Sequence[FileDiff], read: Mapping[str, FileDiff], unread: Mapping[str, FileDiff]
) -> list[FileDiff]:
    """Return every changed file once, as it was read, or marked as unread."""
    renamed = {file.old_path for file in read.values()}  # with fewer files git may find more renames
    found = {**read, **unread}
    lost = (file for file in changed if file.path not in found and file.path not in renamed)
    found |= {file.path: _left_out(file, unread) for file in lost}
    return [found[path] for path in dict.fromkeys((*(file.path for file in changed), *read)) if path in found]


def _left_out(file: FileDiff, unread: Mapping[str, FileDiff]) -> FileDiff:
    """Mark a file as unread that ``_except`` left out too, as it also names all that is below a name."""
    names = {name for other in unread.values() for name in (other.path, other.old_path)}
    above = next((name for name in names if file.path.startswith(f"{name}/")), None)
    of = paths.shown(above) if above else "another file"
    return replace(file, unread=f"it is in a folder that replaces {of}, which could not be read")


def _at_most(lines: Iterable[bytes], most: int) -> Iterator[bytes]:
    for n, line in enumerate(lines):
        if n >= most:
            raise IncompleteReadingError(f"the change has more than {most:,} lines")
        yield line
