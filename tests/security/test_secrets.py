"""No secret of any kind reaches a model or a report, wherever it stands; what only looks like one stays."""

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot.adapters import kingfisher
from bot.cli.output import as_text
from bot.domain.review.citations import SourceText
from bot.domain.review.context import ChangeText
from bot.domain.review.report import Report
from bot.domain.rubrics.overlays import asks_by_check
from bot.domain.secrets.detection import Detect, Redactor, detect_nothing
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.review import html, markdown, terminal
from tests import reviewing
from tests.fakes.model import Scripted
from tests.keys import KEYS
from tests.repositories import Repository
from tests.security.corpus.innocent import innocent
from tests.security.corpus.samples import Sample, samples

PIECE = 12  # characters of a value that are too much to be shown
NAMED = {"github-token", "gitlab-token", "stripe-key", "npm-token", "slack-token", "huggingface-token", "jwt"}
NONE: dict[str, list[object]] = {
    "touched": [],
    "movements": [],
    "concerns": [],
    "questions": [],
    "strengths": [],
}


def shown(sample: Sample, text: str) -> bool:
    """Say whether a text shows a sample's secret, whole or a long part of it."""
    return any(
        value[at : at + PIECE] in text
        for value in sample.hidden
        for at in range(max(1, len(value) - PIECE + 1))
    )


def leaks(planted: Iterable[Sample], text: str) -> list[str]:
    return [f"{sample.kind}: {sample.text}" for sample in planted if shown(sample, text)]


def quote(sample: Sample) -> str:
    """Quote every line of a sample, as a report does."""
    content = sample.text + "\n"
    text = SourceText.of(
        "a.txt", "WORKTREE", "head", content, Redactor(kingfisher.detect_keys).learn(content)
    )
    lines = [text.cite(start, len(content)) for start in text.starts]
    return "\n".join(cited.quote for cited in lines if cited)


def test_a_secret_of_each_kind_is_hidden_on_its_own() -> None:
    planted = samples(1)
    assert len({sample.kind for sample in planted}) >= 60
    assert len(planted) >= 120
    assert leaks(planted, "") == []
    assert [
        found for one in planted for found in leaks([one], Redactor(kingfisher.detect_keys).redact(one.text))
    ] == []
    assert [found for one in planted for found in leaks([one], quote(one))] == []


def test_our_own_rules_alone_hide_most_kinds() -> None:
    planted = samples(1)
    assert sum(shown(one, Redactor().redact(one.text)) for one in planted) <= len(planted) // 10


def test_what_only_looks_like_a_secret_is_left_alone() -> None:
    lines = innocent()
    assert len(lines) >= 200
    changed = [line for line in lines if Redactor(kingfisher.detect_keys).redact(line) != line]
    assert len(changed) <= len(lines) * 2 // 100, changed


def numbered(planted: Iterable[Sample], where: str) -> str:
    """Put samples into one text, each behind a line that names it."""
    return "\n\n".join(f"{where} {n}\n\n{sample.text}" for n, sample in enumerate(planted))


def every_form(report: Report) -> str:
    words = asks_by_check(reviewing.SHIPPED)
    printed = as_text(terminal.render(report, words)).replace("│ ", "")
    return "\n".join((report.as_json(), markdown.render(report, words), html.render(report, words), printed))


@pytest.mark.contract
def test_no_surface_shows_a_secret_to_a_model_or_in_a_report(tmp_path: Path) -> None:
    added, told = samples(0), samples(1)
    taken, cut, title, body = samples(2)[::2], samples(3)[1::2], samples(4)[::2], samples(5)[1::2]
    named = [one for one in samples(6) if one.kind in NAMED and "/" not in one.hidden[0]]
    before: dict[str, bytes | None] = {
        f"taken/{n}.txt": f"taken {n}\n{one.text}\n".encode() for n, one in enumerate(taken)
    }
    # Only a part of these goes: the lines above it stay, and are no part of the hunk.
    kept = "\n".join(f"line {n}" for n in range(12))
    before |= {f"cut/{n}.txt": f"{one.text}\n{kept}\ncut {n}\n".encode() for n, one in enumerate(cut)}
    after: dict[str, bytes | None] = dict.fromkeys(name for name in before if name.startswith("taken"))
    after |= {f"cut/{n}.txt": f"{kept}\n".encode() for n in range(len(cut))}
    after |= {f"added/{n}.txt": f"added {n}\n{one.text}\n".encode() for n, one in enumerate(added)}
    after |= {f"named/{n}-{one.hidden[0]}.txt": f"named {n}\n".encode() for n, one in enumerate(named)}
    repository = Repository.make(tmp_path)
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit(after, message=numbered(told, "told"))
    model = Scripted(read=NONE)
    words = (ChangeText("title", numbered(title, "title")), ChangeText("body", numbered(body, "body")))
    report = reviewing.review(tmp_path, "main", "work", model=model, words=words, context_tokens=400_000)
    asked = "\n".join(f"{request.user}\n{request.items}" for request in model.requests)
    for where, planted in {"added": added, "taken": taken, "cut": cut, "told": told, "title": title}.items():
        assert all(f"{where} {n}" in asked for n in range(len(planted))), where
    everywhere = [*added, *taken, *cut, *told, *title, *body, *named]
    assert leaks(everywhere, asked) == []
    assert leaks(everywhere, every_form(report)) == []


ENCODINGS: list[tuple[str, Callable[[str], bytes]]] = [
    ("UTF-16 with a mark", lambda text: text.encode("utf-16")),
    ("UTF-16 without a mark", lambda text: text.encode("utf-16-le")),
    ("NUL bytes", lambda text: b"\0\n" + text.encode() + b"\0"),
    ("Latin-1", lambda text: b"caf\xe9\n" + text.encode()),
    ("a file that is no text", lambda text: bytes(range(256)) * 40 + text.encode() + bytes(range(256))),
]


@pytest.mark.parametrize("encode", [row[1] for row in ENCODINGS], ids=[row[0] for row in ENCODINGS])
def test_a_key_in_any_encoding_is_known_and_hidden_elsewhere(
    tmp_path: Path, encode: Callable[[str], bytes]
) -> None:
    _, key = next((rule, keys[0]) for rule, keys in KEYS.items() if rule == "anthropic-api-key")
    plain = "harmless-but-long-" + "value"
    repository = Repository.make(tmp_path)
    repository.commit({"README.md": b"x\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    text = f"[default]\nkey = {key}\npassword = Tq7{'!'}vKmm20Lw\nnote = {plain}\n"
    repository.commit({"settings.cfg": encode(text), "use.py": f"# {key[:30]}\n# {plain}\n".encode()})
    model = Scripted(read=NONE)
    report = reviewing.review(tmp_path, "main", "work", model=model)
    asked = "\n".join(f"{request.user}\n{request.items}" for request in model.requests)
    assert plain in asked
    assert key[:20] not in asked
    assert key[:20] not in every_form(report)


@pytest.mark.parametrize("encode", [row[1] for row in ENCODINGS[:4]], ids=[row[0] for row in ENCODINGS[:4]])
def test_a_key_in_text_of_any_encoding_is_told(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"README.md": b"x\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"settings.cfg": encode(f"[default]\nkey = {KEYS['anthropic-api-key'][0]}\n")})
    report = reviewing.review(tmp_path, "main", "work")
    assert [concern.signal for concern in report.concerns] == ["secret.anthropic-api-key"]
    assert "\0" not in report.concerns[0].citation.quote


def test_slack_shows_no_secret_that_somebody_wrote() -> None:
    planted = samples(1)
    shown_there = [one for one in planted if shown(one, mrkdwn(one.text, 3000, lines=True))]
    assert len(shown_there) <= len(planted) // 10


HOSTILE = [
    "curl ", "curl -u a:", "machine a login b password ", "join(", '"a", ', '"" + ', "@tcp(", "a:b@tcp(",
    "kind: Secret\ndata:\n", "kind: Secret\n  a: bbbb\n", "--password ", "mysql -p", "pw: ", "password: |\n ",
    "password {\n a = b\n", "-----BEGIN A-----\n", "A" * 64 + "\n", "QUJD" * 8 + " ", "a_" + "A1b" * 11 + " ",
    "M" * 24 + ".", "0Q~", "Authorization: Basic ", '{"d": "', "password = '${", "secret='a-1/b-2/", "\\\n",
    "${''}", "sig=", "insert into a (b) values ('", "insert into a (b) values (1, '2'), ", "jwt.encode(",
    'jwt.sign(a, "', "auth=(a, ", "htpasswd -b a ", "mongo -p ", "ghp_{a}{b} ", "ghp_{a} a = 'a1b2c3d4' ",
    "'\nt += '", "a1" * 8 + "\n# ",
    '%s" % ("a", "', "\u200ba", 'password """', "ENV PSK ", "shippo_live_/", "\\n%3D",
    "ipassword=", "İpassword=", "İpw=", "signature=", "uthorization=", "password:a", "secret=",
    "\x1b[1m", "\x1b[", "\x1b[1;",
    "\\033[", "\x1b[1ma", "=3D", "%2525", "[1;", '"a" "b" ', '"a"' + " " * 9 + '"b"',
    '").append("', "').push('a", '"" ', "passwords: ['a1b2c3', ", "passwords:\n- a\n", "secrets: [",
    "password == ",
    "password: Type: a\n Default:", "password: &a ", "password As String ", "password=Field(a=1, default=",
    "password(", "password: &'a b ", "getConnection(a,b,", "new PDO(a,", "sql.connect(a, b,", "btoa('a:",
    "PASSWORD('", "requirepass ", "sqlcmd -P", "7z -p", "echo a:b", "?code=a1", "APP_KEY=base64:", ":APA91b",
    "sk.eyJa",
]  # fmt: skip


def seconds(detect: Detect, text: str) -> float:
    """Return the processor time that it takes to look through a text."""
    began = time.process_time()
    Redactor(detect).redact(text)
    return time.process_time() - began


@pytest.mark.parametrize(
    "detect",
    [detect_nothing, pytest.param(kingfisher.detect_keys, marks=pytest.mark.contract)],
    ids=["our own rules", "with Kingfisher"],
)
def test_the_work_grows_with_the_length_of_a_hostile_text_and_not_with_its_square(detect: Detect) -> None:
    seconds(detect, "password = 'a1B2c3D4e5F6g7H8'")  # rules are loaded once
    crowded = seconds(detect, 'password = "Tq7vKmm20Lw"\n' * 2_600)
    for unit in HOSTILE:
        short, long = (unit * (size // len(unit)) for size in (8_000, 64_000))
        little = much = math.inf
        for _ in range(4):  # the least of several: whatever else runs here can only lengthen a measurement
            little, much = min(little, seconds(detect, short)), min(much, seconds(detect, long))
            if much < (bound := 24 * max(little, 0.005)):  # eight times the text; 64 would be its square
                break
        assert much < bound, f"{unit!r}: {little:.3f} s, and {much:.3f} s for eight times"
        assert much < 20 * crowded, f"{unit!r}: {much:.3f} s; {crowded:.3f} s for a text full of passwords"
