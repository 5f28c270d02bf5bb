"""A key is known behind a code that colours text and behind an escape, on every surface."""

import json
from pathlib import Path

import pytest

from bot.adapters import kingfisher
from bot.domain.review.context import ChangeText
from bot.domain.secrets.detection import Redactor, detect_nothing, find_secrets
from bot.logs.redaction import Cleaner
from bot.rendering.chat.slack_text import mrkdwn
from tests import reviewing
from tests.fakes.model import Scripted
from tests.keys import HEX, KEYS, some
from tests.repositories import Repository
from tests.security.corpus.values import jwt
from tests.security.test_secrets import NONE, every_form

OTHERS = [jwt(), "sk_" + "test_" + some(24)]
OURS = [key for keys in KEYS.values() for key in keys if "://" not in key and "/" not in key[:20]] + OTHERS
THEIRS = ["fig" + "d_" + some(40), "EZ" + "AK" + some(54), "shippo" + "_live_" + some(40, HEX)]
COLOURS = [
    "\x1b[1;32m", "\x1b[0m", "\x1b[38;2;255;255;255;48;2;255;255;255m", "\x9b31m", "\x1b[m\x1b[K", "\x1b(B",
    r"\033[32m", r"\x1b[32m", r"\x1B[32m", r"\u001b[32m", r"\u001B[32m", r"\e[32m", r"\E[0;1m",
    "\\u{1b}[32m", "[32m",
]  # fmt: skip
ESCAPES = [
    "\\012",
    "\\0",
    "\\n",
    "\\\\n",
    "\\e",
    "%250A",
    "%2522",
    "%0A",
    "%3D",
    "=3D",
    "=20",
    "\\u0022",
    "\\x22",
]


@pytest.mark.parametrize("behind", [*COLOURS, *ESCAPES])
def test_a_key_right_behind_an_escape_is_hidden_and_stated(behind: str) -> None:
    for key in OURS:
        text = f"a{behind}{key} b"
        assert key[-12:] not in Redactor().redact(text), text
    certain = [keys[0] for rule, keys in KEYS.items() if rule != "slack-webhook"]
    unstated = [key for key in certain if not any(one.announce for one in find_secrets(f"a{behind}{key} b"))]
    assert unstated == []


@pytest.mark.parametrize("after", [*COLOURS, "=3D\n", "\\012", "%250A", "\\n"])
def test_a_key_right_before_an_escape_is_hidden(after: str) -> None:
    texts = {key: f"a {key}{after} b" for key in (*OURS, *THEIRS)}
    assert [
        text for key, text in texts.items() if key[:-1][-12:] in Redactor(kingfisher.detect_keys).redact(text)
    ] == []


@pytest.mark.parametrize("behind", [*COLOURS, *ESCAPES])
def test_a_key_that_only_kingfisher_knows_is_hidden_behind_an_escape(behind: str) -> None:
    for key in THEIRS:
        assert key[-12:] not in Redactor(kingfisher.detect_keys).redact(f"a{behind}{key} b"), key


def test_a_colour_within_a_key_and_between_a_name_and_its_value_hides_nothing() -> None:
    key = "gh" + "p_" + some(36)
    matched = f"log: \x1b[01;31m\x1b[K{key[:4]}\x1b[m\x1b[K{key[4:]}"  # as grep prints what it has found
    assert key[4:16] not in Redactor().redact(matched)
    for text in (
        "password\x1b[0m: \x1b[32m{}\x1b[0m",
        "\x1b[34mDB_PASSWORD\x1b[39;49;00m=\x1b[33m{}\x1b[39m",
    ):
        assert "Tq7vKmm20Lw" not in Redactor().redact(text.format("Tq7vKmm20Lw"))


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mpassword\x1b[0m: \x1b[32mok\x1b[0m", r"C:\example\tokens", "rate(requests_total[5m])",
        "a \x1b[1;32mPASSED\x1b[0m tests/test_tokens.py::test_secret", "x=20 y=3F", "100%25", r"'\0' + name",
    ],
)  # fmt: skip
def test_an_escape_alone_hides_nothing(text: str) -> None:
    assert Redactor(detect_nothing).redact(text) == text


def test_no_surface_shows_a_coloured_key(tmp_path: Path) -> None:
    anthropic, aws = KEYS["anthropic-api-key"], KEYS["aws-access-key-id"]
    fresh = ["AK" + "IA" + some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(4)]
    code, off = "\x1b[1;32m", "\x1b[0m"
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": [f"{code}{anthropic[0]}{off}"]}
    cells = [
        {"cell_type": "code", "metadata": {}, "source": ["x = 1\n"], "outputs": [error]},
        {"cell_type": "code", "metadata": {}, "source": [f"print('{code}{aws[0]}{off}')\n"], "outputs": []},
    ]
    files = {
        "run.ipynb": json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}, indent=1),
        "run.txt": f"key {code}{anthropic[1]}{off}\n",
        "octal.py": f"print('\\033[32m{anthropic[2]}\\033[0m')\n",
        "hex.py": f"print('\\x1b[32m{aws[1]}\\x1b[0m')\n",
        "run.sh": f"echo -e '\\e[32m{fresh[0]}\\e[0m'\n",
    }
    repository = Repository.make(tmp_path)
    repository.commit({"README.md": b"x\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit(
        {name: text.encode() for name, text in files.items()}, message=f"Run\n\n{code}{fresh[1]}{off}"
    )
    model = Scripted(read=NONE)
    words = (ChangeText("title", f"{code}{fresh[2]}{off}"), ChangeText("body", f"log: {code}{fresh[3]}{off}"))
    report = reviewing.review(tmp_path, "main", "work", model=model, words=words)
    asked = "\n".join(f"{request.user}\n{request.items}" for request in model.requests)
    assert all(name in asked for name in files)
    for key in (*anthropic, *aws, *fresh):
        coloured = f"log: {code}{key}{off}"
        shown = (asked, every_form(report), mrkdwn(coloured, 3000, lines=True), Cleaner().text(coloured))
        assert not any(key[-12:] in text for text in shown), key
    stated = [(fact.citation.path, fact.citation.line_start) for fact in report.concerns]
    assert {path for path, _ in stated} == set(files)
    assert len(stated) == len(files) + 1  # the notebook has two
