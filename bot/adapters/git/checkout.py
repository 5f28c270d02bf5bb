"""The port ``Checkout``, implemented with git."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.git import uncommitted_changes
from bot.adapters.git.blobs import Blobs
from bot.adapters.git.commands import GitRunner
from bot.adapters.git.recent_commits import read_recent_commits
from bot.adapters.git.revisions import Revisions
from bot.adapters.git.tree_differences import DiffLimits, TreeDifferences, require_unique
from bot.adapters.git.uncommitted_changes import UncommittedTree, WorkingTreeSource
from bot.domain.review import commit_messages, paths
from bot.domain.review.diff import FileDiff, FileSide, FileStatus
from bot.domain.review.recent_history import RecentCommits
from bot.errors import IncompleteReadingError, UserError
from bot.ports.checkout import Change, CommitMessages, TreeEntry

_TO_READ_MESSAGES = "read the commit messages"
_MOST_MESSAGES = 50
_LONGEST_MESSAGE = 64 * 1024  # bytes of the whole commit object; a model is shown much less
_ATTRIBUTES = ("linguist-generated", "linguist-vendored")
_CHECK_ATTR_SOURCE = (2, 40)  # the first git version whose check-attr has --source


@dataclass(frozen=True)
class OpenedRepository:
    """The facts about an opened repository.

    ``staging`` runs git in the working tree, and is None if there is no working tree. ``index`` is the index
    with the staged files (git gives a hook its own); the working tree's index is in ``git_dir``. ``name`` is
    the name of the repository's folder, or empty for a clone that Sensei made.
    """

    staging: GitRunner | None
    index: Path
    git_dir: Path
    name: str
    objects: Path
    version: tuple[int, ...]
    shallow: bool
    empty_tree: str


@dataclass(frozen=True)
class _Head:
    """The head of a reading: a tree (or commit) id, the commit it is based on, and its name in ``Change``."""

    tree: str
    commit: str | None
    name: str
    notes: tuple[str, ...] = ()


class GitCheckout:
    """Reads one repository. Call ``change`` or ``baseline`` first: it sets the head that the others read."""

    def __init__(
        self, reading: GitRunner, repository: OpenedRepository, limits: DiffLimits, resources: ExitStack
    ) -> None:
        self._git = reading
        self._repository = repository
        self._limits = limits
        self._resources = resources
        self._revisions = Revisions(reading, shallow=repository.shallow)
        self._head_tree: str | None = None
        self._hiding_base: str | None = None
        self._range: tuple[str | None, str | None] = (None, None)
        self._use_git(reading)

    def change(self, base: str | None, head: str) -> Change:
        """Read the change from the merge base of ``base`` and ``head``.

        Without ``base``, the index is compared with HEAD, and any other head with the first existing one of
        origin/HEAD, origin/main, origin/master, main and master.

        Raises:
            UserError: a revision does not exist or cannot be used, or the repository is damaged.
            IncompleteReadingError: git takes too long, this clone lacks content, or the change has more text
                than the limit. Nothing is returned then, because part of a change could be mistaken for the
                whole.
        """
        tip = self._revisions.resolve(base) if base is not None else None
        found = self._find_head(head)
        notes = found.notes
        merge_base = None
        if found.commit is not None:
            tip = tip or (found.commit if head == "INDEX" else self._revisions.default_base())
            merge_bases = self._revisions.merge_bases(tip, found.commit)
            merge_base = merge_bases[0] if merge_bases else None
            notes += _merge_base_notes(merge_bases)
        self._head_tree, self._hiding_base = found.tree, tip
        self._range = (merge_base, found.commit)
        differences = TreeDifferences(self._git, self._blobs, self._limits)
        files = differences.read(merge_base or self._repository.empty_tree, found.tree)
        return Change(
            merge_base, found.name, tip, tuple(files), notes, self._repository.name, self._branch(head)
        )

    def baseline(self, head: str) -> Change:
        """Read a whole tree as if every file were added, without hunks.

        Raises:
            UserError, IncompleteReadingError: as for ``change``.
        """
        found = self._find_head(head)
        self._head_tree, self._hiding_base = found.tree, found.commit
        entries = self.tree()
        require_unique((entry.path for entry in entries), self._git.repository_name)
        files = tuple(
            FileDiff(entry.path, entry.path, FileStatus.ADDED, old=None, new=entry.side) for entry in entries
        )
        name, branch = self._repository.name, self._branch(head)
        return Change(None, found.name, found.commit, files, found.notes, name, branch)

    def tree(self) -> Sequence[TreeEntry]:
        """List every file of the head, submodules included."""
        if self._head_tree is None:
            raise ValueError("call change() or baseline() before tree()")
        return self._list_files(self._head_tree)

    def read(self, side: FileSide) -> bytes:
        """Read one blob's bytes.

        Raises:
            IncompleteReadingError: this clone does not have it, or git takes too long.
        """
        return self._blobs.read(side.oid)

    def hiding_file(self, path: str, most: int) -> bytes | None:
        """Return a regular file of the change's ``hiding_base``, or None if there is none.

        Raises:
            UserError: it has more than ``most`` bytes.
            IncompleteReadingError, UserError: as for ``read``.
        """
        entries = self._list_files(self._hiding_base, path) if self._hiding_base else []
        regular = [entry.side for entry in entries if entry.side.mode.startswith("100")]
        if not regular:
            return None
        if (regular[0].size or 0) > most:
            raise UserError(
                f"{path} in the base is larger than {most // 1024} kB, so Sensei does not know which "
                "files to leave out of the review.",
                "Nothing was read. Shorten the file and try again.",
            )
        return self.read(regular[0])

    def messages(self) -> CommitMessages:
        """Return the messages of the change's commits, newest first; none for a baseline.

        Raises:
            UserError, IncompleteReadingError: as for ``read``.
        """
        base, head = self._range
        if head is None:
            return CommitMessages()
        since = (f"^{base}",) if base else ()
        newest = ("rev-list", f"--max-count={_MOST_MESSAGES}", head, *since, "--")
        oids = self._git.ask(*newest, to=_TO_READ_MESSAGES).decode("ascii").split()
        sizes = self._blobs.sizes(oids)
        short = [oid for oid in oids if sizes.get(oid, 0) <= _LONGEST_MESSAGE]
        # ``git log`` would cut a message at a NUL, and drop a message that it cannot convert.
        texts = {oid: commit_messages.read_message(self._blobs.read(oid)) for oid in short}
        too_long = f"longer than {_LONGEST_MESSAGE // 1024} kB"
        reasons = {
            oid: "in an encoding that Sensei cannot read" if oid in texts else too_long for oid in oids
        }
        return CommitMessages(
            tuple((_message_name(oid), text) for oid, text in texts.items() if text is not None),
            tuple(f"{_message_name(oid)}: {why}" for oid, why in reasons.items() if texts.get(oid) is None),
        )

    def recent_commits(self, files: Sequence[str]) -> RecentCommits:
        """Return the last commits before the change that touched some files, newest first.

        If git fails or takes too long, the result says so; the reading goes on without them.
        """
        base, head = self._range
        if base is None or head is None or not files:
            return RecentCommits()
        return read_recent_commits(self._git, base, head, files, shallow=self._repository.shallow)

    def attributes(self, commit: str | None, files: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return for each path which of ``linguist-generated`` and ``linguist-vendored`` a commit sets.

        An older git cannot read a commit's attributes. None count as set then, so fewer files are hidden.
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

    def _use_git(self, reading: GitRunner) -> None:
        self._git = reading
        self._blobs = Blobs(reading)
        self._resources.callback(self._blobs.close)

    def _find_head(self, head: str) -> _Head:
        if head in {"INDEX", "WORKTREE"}:
            return self._make_uncommitted_head(head)
        commit = self._revisions.resolve(head)
        notes = self._note_uncommitted_files(commit) if head == "HEAD" else ()
        return _Head(tree=commit, commit=commit, name=commit, notes=notes)

    def _branch(self, head: str) -> str:
        """Return the branch that is checked out, or the revision that the user named."""
        if head not in {"HEAD", "INDEX", "WORKTREE"}:
            return head
        return self._revisions.branch()

    def _note_uncommitted_files(self, commit: str) -> tuple[str, ...]:
        """Return a note on how many uncommitted files a reading of the last commit leaves out."""
        if self._repository.staging is None:
            return ()
        with tempfile.TemporaryDirectory(prefix="sensei-") as scratch:
            try:
                number = uncommitted_changes.count_files(self._working_tree(), commit, Path(scratch))
            except (UserError, IncompleteReadingError):
                return ()  # The user asked for a commit, so faults in the working tree are not reported.
        if not number:
            return ()
        files, them = ("file was", "it") if number == 1 else ("files were", "them")
        return (f"{number:,} uncommitted {files} not read; --head WORKTREE reads {them}.",)

    def _working_tree(self, index: Path | None = None) -> WorkingTreeSource:
        if self._repository.staging is None:
            raise UserError(
                f"The repository {self._git.repository_name} is bare, or its working tree is not next to its "
                ".git, so Sensei cannot read uncommitted changes there.",
                "Name a commit with --head.",
            )
        return WorkingTreeSource(
            self._git,
            self._repository.staging,
            index or self._repository.git_dir / "index",
            self._repository.git_dir,
            self._repository.objects,
        )

    def _make_uncommitted_head(self, head: str) -> _Head:
        source = self._working_tree(self._repository.index if head == "INDEX" else None)
        scratch = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="sensei-")))
        snapshot = UncommittedTree(
            source,
            head,
            max_scan_bytes=self._limits.max_scan_bytes,
            scratch=scratch,
        )
        self._use_git(self._git.with_variables(snapshot.environment))
        return _Head(snapshot.tree, self._revisions.head(), head, snapshot.notes)

    def _list_files(self, tree: str, *only: str) -> list[TreeEntry]:
        arguments = ("ls-tree", "-r", "-z", "--long", "--full-tree", tree, "--", *only)
        entries = []
        for record in self._git.ask(*arguments, to="list files").split(b"\0")[:-1]:
            description, path = record.split(b"\t", 1)
            mode, _, oid, size = description.decode("ascii").split()
            # "-" for a submodule; "BAD" for an object that a partial clone lacks
            side = FileSide(mode, oid, int(size) if size.isdigit() else None)
            entries.append(TreeEntry(paths.from_git(path), side))
        return entries


def _merge_base_notes(merge_bases: Sequence[str]) -> tuple[str, ...]:
    if not merge_bases:
        return ("The base and the head have no common history: every file counts as added.",)
    if len(merge_bases) > 1:
        return (f"The base and the head have {len(merge_bases)} merge bases; git chose {merge_bases[0]}.",)
    return ()


def _message_name(commit: str) -> str:
    return f"commit message {commit[:10]}"
