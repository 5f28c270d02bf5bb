"""No configuration of a repository starts a program, is followed out of it, or keeps a review waiting.

Programs write down that they ran. Whatever is read in place of a file is a pipe: git would wait for it, and
the review would say that it took too long.
"""

import hashlib
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.adapters.files import sample_repositories
from bot.adapters.git.safe_configuration import SafeConfiguration
from bot.bootstrap import local_reading
from bot.errors import UserError
from bot.ports.reading import ReadingRequest
from bot.settings import Settings
from tests.adapters.desks import Desk
from tests.adapters.git_checkouts import added, change
from tests.fakes.github import GitHub
from tests.fakes.model import Scripted
from tests.repositories import Repository
from tests.workflows.shop import LIBRARY

SECRET = "sesame-of-another-repository"
SECONDS = 20.0  # a command that waits for a pipe is killed then; one that does not takes milliseconds
READ: dict[str, list[str]] = {
    "touched": [],
    "movements": [],
    "concerns": [],
    "questions": [],
    "strengths": [],
}


def words(text: str) -> list[str]:
    return text.split()


# By what git-config(1) and git's source say of each key; `git help --config` leaves some out.
RUN = words(
    """
browser.evil.cmd browser.evil.path core.alternateRefsCommand core.askPass core.editor core.fsmonitor
core.gitProxy core.pager core.sshCommand credential.helper credential.https://example.org.helper
diff.evil.command diff.evil.textconv diff.external diff.guitool diff.tool difftool.evil.cmd
difftool.evil.path filter.evil.clean filter.evil.process filter.evil.smudge gc.recentObjectsHook
gpg.openpgp.program gpg.program gpg.ssh.defaultKeyCommand gpg.ssh.program gpg.x509.program guitool.evil.cmd
help.browser hook.evil.command imap.tunnel instaweb.browser instaweb.httpd interactive.diffFilter
man.evil.cmd man.evil.path merge.evil.driver merge.tool mergetool.evil.cmd mergetool.evil.path
pager.cat-file pager.check-attr pager.config pager.diff-files pager.diff-tree pager.for-each-ref
pager.hash-object pager.log pager.ls-files pager.ls-tree pager.merge-base pager.rev-parse pager.update-index
pager.version pager.write-tree remote.origin.receivepack remote.origin.uploadpack sendemail.ccCmd
sendemail.headerCmd sendemail.smtpServer sendemail.toCmd sequence.editor tar.evil.command trailer.evil.cmd
trailer.evil.command uploadpack.packObjectsHook web.browser
"""
)
RUN_AS_ALIAS = words(
    """
alias.cat-file alias.check-attr alias.config alias.diff-tree alias.log alias.rev-parse alias.version
submodule.lib.update
"""
)
ADDRESSES = words(
    """
bundle.evil.uri fetch.bundleURI remote.origin.proxy remote.origin.pushurl remote.origin.url
submodule.lib.url
"""
)
SWITCHES = words(
    """
commit.gpgSign core.untrackedCache filter.evil.required log.showSignature merge.verifySignatures
push.gpgSign remote.origin.promisor tag.gpgSign
"""
)
OPENED = words(
    """
blame.ignoreRevsFile commit.template core.attributesFile core.excludesFile diff.orderFile
fetch.fsck.skipList format.signatureFile fsck.skipList gitcvs.logFile gpg.ssh.allowedSignersFile
gpg.ssh.revocationFile gui.spellingDictionary http.cookieFile http.proxySSLCAInfo http.proxySSLCert
http.proxySSLKey http.sslCAInfo http.sslCert http.sslKey include.path includeIf.gitdir:/**.path
includeIf.onbranch:**.path mailmap.file receive.fsck.skipList sendemail.aliasesFile sendemail.mailmap.file
trace2.eventTarget trace2.normalTarget trace2.perfTarget user.signingKey
"""
)
FOLDERS = words(
    """
format.outputDirectory fsmonitor.socketDir gc.repackFilterTo help.htmlPath http.sslCAPath
instaweb.modulePath safe.directory sendemail.smtpSSLCertPath
"""
)
PROGRAMS = {
    **dict.fromkeys(RUN, "{program}"),
    **dict.fromkeys(RUN_AS_ALIAS, "!{program}"),
    **dict.fromkeys(ADDRESSES, "ext::{program}"),
    **dict.fromkeys(SWITCHES, "true"),
    **dict.fromkeys(["protocol.allow", "protocol.ext.allow", "protocol.file.allow"], "always"),
    **dict.fromkeys(["core.hooksPath", "init.templateDir"], "{hooks}"),
    "gpg.format": "openpgp",
    "remote.origin.partialclonefilter": "blob:none",
    "remote.origin.vcs": "evil",
    "url.ext::{program}.insteadOf": "https://",
    "url.ext::{program}.pushInsteadOf": "https://",
}
PATHS = {
    **dict.fromkeys(OPENED, "{pipe}"),
    **dict.fromkeys(FOLDERS, "{outside}"),
    "attr.tree": "HEAD",
    "core.notesRef": "refs/heads/main",
    "log.mailmap": "true",
    "mailmap.blob": "HEAD:.mailmap",
    "notes.displayRef": "refs/*",
}
# Its wrong value makes git refuse a repository, which is no way to be steered.
FORMAT = re.compile(r"(?i)core\.(bare|repositoryformatversion|worktree)|extensions\..*|include.*")
KEY = re.compile(r"[A-Za-z0-9-]+\.(.+\.)?[A-Za-z][A-Za-z0-9-]*")
PLACEHOLDERS = {"<name>": "origin", "<format>": "ssh", "<condition>": "gitdir:/**", "*": "evil"}


@dataclass
class Traps:
    """Programs and pipes outside of a repository, and what a model was shown."""

    folder: Path
    model: Scripted = field(default_factory=lambda: Scripted(read=READ))

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.ran, self.program, self.pipe = (self.folder / name for name in ("ran", "program", "pipe"))
        os.mkfifo(self.pipe)
        self.make_program(self.program)
        self.outside = self.folder / "outside"
        other = Repository.make(self.outside)
        other.commit({"secret.txt": f"{SECRET}\n".encode()})
        other.commit({"secret.txt": f"{SECRET}\nand more\n".encode()})
        self.hooks = self.folder / "hooks"
        self.plant_hooks(self.hooks)

    def make_program(self, path: Path) -> None:
        path.write_text(f'#!/bin/sh\necho "$0 $*" >> "{self.ran}"\nexit 0\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def plant_hooks(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"):
            self.make_program(folder / name)

    def filled(self, template: str) -> str:
        names = {name: str(getattr(self, name)) for name in ("program", "pipe", "outside", "hooks")}
        return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], template)

    def settings(self, keys: Mapping[str, str]) -> str:
        return "".join(_entry(self.filled(key), self.filled(value)) for key, value in keys.items())

    def check(self, *shown: str) -> None:
        assert not self.ran.exists(), self.ran.read_text()
        asked = "".join(request.user + request.items for request in self.model.requests)
        assert SECRET not in asked + "".join(shown)


def _entry(key: str, value: str) -> str:
    section, _, name = key.partition(".")
    subsection, _, name = name.rpartition(".")
    heading = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
    return f'{heading}\n\t{name} = "{value}"\n'


def signed(repository: Repository) -> None:
    """Give HEAD a signature, which git would have checked by the program that the configuration names."""
    commit = repository.git("cat-file", "commit", "HEAD")
    heading, _, message = commit.partition(b"\n\n")
    signature = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"
    oid = repository.git(
        "hash-object", "-t", "commit", "-w", "--stdin", stdin=heading + b"\n" + signature + b"\n\n" + message
    )
    repository.git("reset", "--quiet", "--soft", oid.decode().strip())


def work(path: Path, *options: str) -> Repository:
    """Make a repository with a signed change, something staged and something in the working tree."""
    repository = Repository.make(path, *options)
    repository.commit({"a.py": b"x = 1\n", ".gitattributes": b"* filter=evil diff=evil merge=evil\n"})
    repository.commit({"a.py": b"import shop\nshop.cache(1)\n"})
    signed(repository)
    repository.write({"a.py": b"import shop\nshop.cache(2)\n", "b.py": b"b = 1\n"})
    repository.git("add", "a.py")
    repository.write({"a.py": b"import shop\nshop.cache(3)\n"})
    return repository


@pytest.fixture(name="traps")
def _traps(tmp_path: Path) -> Traps:
    return Traps(tmp_path / "traps")


def review(traps: Traps, where: Path, base: str | None, head: str, *, baseline: bool = False) -> str:
    """Run what ``sensei review`` runs, with a model; return the report."""
    request = ReadingRequest(base, head, baseline=baseline)
    settings = Settings(git_timeout=SECONDS)
    found = local_reading.review_locally(
        str(where), request, LIBRARY, settings, local_reading.Unwatched(), traps.model
    )
    assert not any("took longer" in cause for cause in (*found.notes, found.report.as_json()))
    return found.report.as_json()


def every_way(traps: Traps, where: Path) -> list[str]:
    """Read a repository in each way that there is."""
    return [
        review(traps, where, "HEAD^", "HEAD"),
        review(traps, where, None, "INDEX"),
        review(traps, where, "HEAD", "WORKTREE"),
        review(traps, where, None, "HEAD", baseline=True),
    ]


def in_its_configuration(repository: Repository, settings: str, _: Path) -> Path:
    with (repository.path / ".git/config").open("a") as file:
        file.write(settings)
    return repository.path


def in_an_included_file(repository: Repository, settings: str, _: Path) -> Path:
    (repository.path / "team.gitconfig").write_text(settings)
    return in_its_configuration(repository, "[include]\n\tpath = ../team.gitconfig\n", _)


def in_a_linked_worktree(repository: Repository, settings: str, elsewhere: Path) -> Path:
    repository.git("config", "extensions.worktreeConfig", "true")
    repository.git("worktree", "add", "--quiet", "--detach", str(elsewhere / "linked"))
    (repository.path / ".git/worktrees/linked/config.worktree").write_text(settings)
    Repository(elsewhere / "linked").write({"b.py": b"b = 2\n"})
    return elsewhere / "linked"


def behind_a_gitfile(repository: Repository, settings: str, elsewhere: Path) -> Path:
    in_its_configuration(repository, settings, elsewhere)
    with (repository.path / ".git/config").open("a") as file:
        file.write(f"[core]\n\tworktree = {repository.path}\n")
    (repository.path / ".git").rename(elsewhere / "store")
    (repository.path / ".git").write_text(f"gitdir: {elsewhere / 'store'}\n")
    return repository.path


PLACES = [in_its_configuration, in_an_included_file, in_a_linked_worktree, behind_a_gitfile]


@pytest.mark.contract
@pytest.mark.parametrize("keys", [PROGRAMS, PATHS], ids=["programs", "paths"])
@pytest.mark.parametrize("place", PLACES)
def test_what_a_repository_configures_is_not_run_and_not_opened(
    traps: Traps, tmp_path: Path, place: Callable[[Repository, str, Path], Path], keys: Mapping[str, str]
) -> None:
    repository = work(tmp_path / "capstone")
    traps.plant_hooks(repository.path / ".git/hooks")
    where = place(repository, traps.settings(keys), tmp_path)
    traps.ran.unlink(missing_ok=True)

    found = every_way(traps, where)

    traps.check(*found)
    assert '"complete": true' in found[0]


def test_no_key_that_git_knows_changes_a_reading(traps: Traps, tmp_path: Path) -> None:
    plain, steered = work(tmp_path / "plain"), work(tmp_path / "steered")
    listed = subprocess.run(["git", "help", "--config"], capture_output=True, text=True, check=True).stdout
    keys = {
        re.sub(r"<[^>]*>|\*", lambda found: PLACEHOLDERS.get(found[0], "evil"), key)
        for key in listed.split("\n")
    }
    set_ = [key for key in keys if KEY.fullmatch(key) and not FORMAT.fullmatch(key)]
    assert len(set_) > 400
    in_its_configuration(steered, traps.settings(dict.fromkeys(set_, "{program}")), tmp_path)
    traps.ran.unlink(missing_ok=True)

    for base, head in (("HEAD^", "HEAD"), (None, "INDEX"), ("HEAD", "WORKTREE")):
        assert added(change(steered.path, base, head)) == added(change(plain.path, base, head))
    traps.check()


def test_the_traps_work(traps: Traps, tmp_path: Path) -> None:
    repository = work(tmp_path / "capstone")
    in_its_configuration(repository, traps.settings(PROGRAMS), tmp_path)
    for arguments in (("log", "-1"), ("status",)):
        subprocess.run(["git", *arguments], cwd=repository.path, capture_output=True, check=False)
    ran = traps.ran.read_text()
    assert "--verify" in ran or "--status-fd" in ran
    assert len(ran.splitlines()) > 1


@pytest.mark.contract
def test_a_bare_repository_that_was_committed_is_not_taken_for_the_repository(
    traps: Traps, tmp_path: Path
) -> None:
    clone, planted = work(tmp_path / "clone"), tmp_path / "clone/fixtures/evil.git"
    clone.git("clone", "--quiet", "--bare", str(clone.path), str(planted))
    traps.plant_hooks(planted / "hooks")
    (planted / "config").write_text("[core]\n\tbare = true\n" + traps.settings(PROGRAMS | PATHS))
    traps.ran.unlink(missing_ok=True)

    for where in (planted, planted / "refs" / "heads"):
        with pytest.raises(UserError, match="bare repository inside the working tree"):
            review(traps, where, "HEAD^", "HEAD")
    # The folder beside it belongs to the clone.
    assert added(change(planted.parent)) == added(change(clone.path))
    # A bare repository that lies where nobody has committed it is read, and runs nothing.
    planted.rename(tmp_path / "bare.git")
    traps.check(review(traps, tmp_path / "bare.git", "HEAD^", "HEAD"))


REFUSED = words(
    """
.git/config .git/config.worktree .git/HEAD .git/packed-refs .git/shallow .git/commondir .git/FETCH_HEAD
.git/refs/heads/x .git/logs/HEAD .git/objects/ab/cd .git/objects/pack/x.idx .git/objects/info/alternates
.git/info/exclude
"""
)
REFUSED_UNCOMMITTED = words(
    """
.git/index .gitignore .gitattributes deep/.gitignore deep/.gitattributes deep/.git deep/.git/HEAD
a.py/.git/HEAD
"""
)
NOT_OPENED = words(
    """
.git/info/attributes .git/info/grafts .git/gitdir .git/remotes/origin .git/modules/m/config .git/description
.senseiignore .mailmap .gitmodules new.py
"""
)
PIPES = {
    **dict.fromkeys(REFUSED, frozenset({"HEAD", "WORKTREE"})),
    **dict.fromkeys(REFUSED_UNCOMMITTED, frozenset({"WORKTREE"})),
    **dict.fromkeys(NOT_OPENED, frozenset[str]()),
}


@pytest.mark.contract  # half a minute of a processor
@pytest.mark.parametrize("name", PIPES)
def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(traps: Traps, tmp_path: Path, name: str) -> None:
    repository = work(tmp_path / "capstone")
    path = repository.path / name
    for above in reversed(path.relative_to(repository.path).parents[:-1]):
        (repository.path / above).unlink() if (repository.path / above).is_file() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    if path.name == "HEAD":
        for folder in ("objects", "refs"):
            (path.parent / folder).mkdir(exist_ok=True)

    outcomes = {head: outcome(traps, repository.path, head) for head in ("HEAD", "INDEX", "WORKTREE")}

    refused = {head for head, text in outcomes.items() if text.startswith("refused")}
    assert refused - {"INDEX"} == PIPES[name], outcomes
    traps.check(*outcomes.values())


def outcome(traps: Traps, where: Path, head: str) -> str:
    """Return the report of one way of reading, or why there is none."""
    base = {"HEAD": "HEAD^", "INDEX": None, "WORKTREE": "HEAD"}[head]
    try:
        return review(traps, where, base, head)
    except UserError as stopped:
        return f"refused: {stopped}"


def executable(folder: Path, *names: str) -> None:
    """Make files that git takes for the folders of a repository."""
    for name in names:
        (folder / name).touch(0o755)


def a_folder_that_is_bare_too(repository: Repository) -> Path:
    executable(repository.path, "objects", "refs")
    (repository.path / "HEAD").write_text("ref: refs/heads/main\n")
    (repository.path / ".git/HEAD").write_text("garbage\n")
    return repository.path


def a_bare_one_with_another_inside(repository: Repository) -> Path:
    bare = (repository.path / ".git").rename(repository.path.with_name("bare.git"))
    (bare / ".git").mkdir()
    executable(bare / ".git", "objects", "refs")
    (bare / ".git/HEAD").write_text("ref: refs/heads/main\n")
    return bare


@pytest.mark.parametrize("make", [a_folder_that_is_bare_too, a_bare_one_with_another_inside])
def test_a_folder_that_git_could_take_for_another_repository_is_refused(
    tmp_path: Path, make: Callable[[Repository], Path]
) -> None:
    repository = work(tmp_path / "capstone")
    where = make(repository)
    os.mkfifo((where / ".git" if where != repository.path else where) / "config")
    with pytest.raises(UserError, match="could belong to another one"):
        change(where, timeout=int(SECONDS))


def alternates(repository: Repository, traps: Traps) -> None:
    (repository.path / ".git/objects/info/alternates").write_text(f"{traps.outside}/.git/objects\n")
    other = Repository(traps.outside).id("HEAD")
    (repository.path / ".git/refs/heads/main").write_text(f"{other}\n")


def another_common_folder(repository: Repository, traps: Traps) -> None:
    (repository.path / ".git/commondir").write_text(f"{traps.outside}/.git\n")
    (repository.path / ".git/HEAD").write_text("ref: refs/heads/main\n")


def a_gitfile_to_another_repository(repository: Repository, traps: Traps) -> None:
    shutil.rmtree(repository.path / ".git")
    (repository.path / ".git").write_text(f"gitdir: {traps.outside}/.git\n")


def a_gitfile_to_anothers_worktree(repository: Repository, traps: Traps) -> None:
    Repository(traps.outside).git("worktree", "add", "--quiet", "--detach", str(traps.folder / "tree"))
    shutil.rmtree(repository.path / ".git")
    (repository.path / ".git").write_text(f"gitdir: {traps.outside}/.git/worktrees/tree\n")


def a_worktree_of_another_repository(repository: Repository, traps: Traps) -> None:
    shutil.rmtree(repository.path / ".git")
    own = repository.path / "store/worktrees/x"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/main\n")
    (own / "commondir").write_text(f"{traps.outside}/.git\n")
    (own / "gitdir").write_text(f"{repository.path}/.git\n")
    (repository.path / ".git").write_text("gitdir: store/worktrees/x\n")


def a_link_to_another_repository(repository: Repository, traps: Traps) -> None:
    shutil.rmtree(repository.path / ".git")
    (repository.path / ".git").symlink_to(traps.outside / ".git")


def links_to_anothers_parts(repository: Repository, traps: Traps) -> None:
    for name in ("objects", "refs"):
        shutil.rmtree(repository.path / ".git" / name)
        (repository.path / ".git" / name).symlink_to(traps.outside / ".git" / name)


def a_pack_of_another_repository(repository: Repository, traps: Traps) -> None:
    other = Repository(traps.outside)
    other.git("repack", "-adq")
    for path in (traps.outside / ".git/objects/pack").iterdir():
        (repository.path / ".git/objects/pack" / path.name).symlink_to(path)
    (repository.path / ".git/refs/heads/main").write_text(other.id("HEAD") + "\n")


def links_in_a_circle(repository: Repository, traps: Traps) -> None:
    (repository.path / ".git/refs/heads/x").symlink_to("y")
    (repository.path / ".git/refs/heads/y").symlink_to("x")


def an_index_that_leaves(repository: Repository, traps: Traps) -> None:
    name = b"../" + b"traps/outside/secret.txt"
    staged = repository.path / ".git/index"
    blob = repository.id("HEAD:a.py").encode()
    repository.git("update-index", "--index-info", stdin=b"100644 " + blob + b"\t" + b"x" * len(name) + b"\n")
    content = staged.read_bytes()[:-20].replace(b"x" * len(name), name)
    staged.write_bytes(content + hashlib.sha1(content, usedforsecurity=False).digest())


LEADING_OUT: dict[Callable[[Repository, Traps], None], str] = {
    alternates: "uses the objects of another repository",
    another_common_folder: "leads to another repository",
    a_gitfile_to_another_repository: "does not point back to",
    a_gitfile_to_anothers_worktree: "a worktree in another folder",
    a_worktree_of_another_repository: "leads to another repository",
    a_link_to_another_repository: "does not point back to",
    links_to_anothers_parts: "is a link, or not a folder",
    a_pack_of_another_repository: "is a link",
    links_in_a_circle: "is a link",
}


@pytest.mark.contract
@pytest.mark.parametrize("lead_out", LEADING_OUT)
def test_what_leads_to_another_repository_is_refused(
    traps: Traps, tmp_path: Path, lead_out: Callable[[Repository, Traps], None]
) -> None:
    repository = work(tmp_path / "capstone")
    lead_out(repository, traps)
    for head in ("HEAD", "WORKTREE"):
        found = outcome(traps, repository.path, head)
        assert re.match(f"refused: .*{LEADING_OUT[lead_out]}", found)
        traps.check(found)


def test_an_index_that_leaves_the_working_tree_is_refused(traps: Traps, tmp_path: Path) -> None:
    repository = work(tmp_path / "capstone")
    an_index_that_leaves(repository, traps)
    for head in ("INDEX", "WORKTREE"):
        assert "outside the working tree" in outcome(traps, repository.path, head)


def test_a_working_tree_elsewhere_is_not_read(traps: Traps, tmp_path: Path) -> None:
    repository = work(tmp_path / "capstone")
    repository.git("config", "core.worktree", str(traps.outside))
    assert "working tree is not next to" in outcome(traps, repository.path, "WORKTREE")
    assert added(change(repository.path)) == {"a.py": [b"import shop", b"shop.cache(1)"]}


def test_a_submodule_is_not_looked_into(traps: Traps, tmp_path: Path) -> None:
    repository = work(tmp_path / "capstone")
    Repository.make(repository.path / "lib").commit({"x": b"x\n"})
    repository.git("-c", "advice.addEmbeddedRepo=false", "add", "lib", "a.py")
    (repository.path / "lib/.git/config").write_text(traps.settings(PROGRAMS | PATHS))
    (repository.path / "lib/.git/refs/heads/main").unlink()
    os.mkfifo(repository.path / "lib/.git/refs/heads/main")
    traps.ran.unlink(missing_ok=True)
    found = change(repository.path, "HEAD", "WORKTREE", timeout=int(SECONDS))
    assert {file.path: file.new.mode for file in found.files if file.new}["lib"] == "160000"
    traps.check()


def test_another_history_than_the_one_committed_is_not_shown(tmp_path: Path) -> None:
    repository = work(tmp_path / "capstone")
    head, parent = repository.id("HEAD"), repository.id("HEAD^")
    repository.git("commit-graph", "write", "--reachable")
    repository.git("replace", "--graft", head)
    (repository.path / ".git/info").mkdir(exist_ok=True)
    (repository.path / ".git/info/grafts").write_text(f"{head}\n")
    assert change(repository.path).base == parent


NAME_PROGRAMS = words(
    """
GIT_ASKPASS GIT_EDITOR GIT_EXTERNAL_DIFF GIT_PAGER GIT_PROXY_COMMAND GIT_SEQUENCE_EDITOR GIT_SSH
GIT_SSH_COMMAND
"""
)
NAME_FILES = words(
    """
GIT_ATTR_SOURCE GIT_CONFIG GIT_GRAFT_FILE GIT_SHALLOW_FILE GIT_TRACE GIT_TRACE2 GIT_TRACE2_EVENT
GIT_TRACE_SETUP
"""
)
NAME_FOLDERS = "GIT_COMMON_DIR GIT_DIR GIT_OBJECT_DIRECTORY GIT_TEMPLATE_DIR GIT_WORK_TREE"
PARAMETERS = "'core.fsmonitor'='{program}' 'log.showsignature'='true' 'gpg.program'='{program}'"
VARIABLES = {
    **dict.fromkeys(NAME_PROGRAMS, "{program}"),
    **dict.fromkeys(NAME_FILES, "{pipe}"),
    **dict.fromkeys(NAME_FOLDERS.split(), "{outside}"),
    "GIT_CONFIG_PARAMETERS": PARAMETERS,
}


@pytest.mark.contract
def test_variables_of_git_lead_nowhere(traps: Traps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = work(tmp_path / "capstone")
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, traps.filled(value))
    shown = [outcome(traps, repository.path, head) for head in ("HEAD", "WORKTREE")]
    sample = sample_repositories.build(sample_repositories.sample_names()[0], tmp_path / "sample")
    assert not any(text.startswith("refused") for text in shown)
    assert sample.head
    traps.check(*shown)


def test_a_clone_of_the_bot_forgets_what_was_written_into_it(traps: Traps, tmp_path: Path) -> None:
    with GitHub() as github:
        desk = Desk(github, tmp_path)
        desk.read(desk.push({"desk.py": b"LIMIT = 4\n"}))
        with (desk.place() / "config").open("a") as file:
            file.write(traps.settings(PROGRAMS | dict.fromkeys(["include.path", "mailmap.file"], "{pipe}")))
        traps.plant_hooks(desk.place() / "hooks")
        assert desk.read(desk.push({"desk.py": b"LIMIT = 5\n"})) == {"desk.py": b"LIMIT = 5\n"}
    traps.check()


def test_what_is_kept_of_a_configuration_names_no_program(tmp_path: Path, traps: Traps) -> None:
    keys = {**PROGRAMS, **PATHS, "core.autocrlf": "input", 'branch.a"b.merge': "refs/heads/x"}
    printed = b"".join(
        f"{traps.filled(key)}\n{traps.filled(value)}\0".encode() for key, value in keys.items()
    )
    (tmp_path / "config").write_text(SafeConfiguration.parse(printed).to_file_text())
    found = subprocess.run(
        ["git", "config", "--file", str(tmp_path / "config"), "--list"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert found.splitlines() == ["core.bare=true", "core.autocrlf=input", 'branch.a"b.merge=refs/heads/x']
