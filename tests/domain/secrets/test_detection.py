"""Every rule finds its own keys and not what only looks like them; redaction hides a key and nothing else.

All keys are made here, from pieces and a seeded generator, so that no file holds one.
"""

import json
import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.secrets.detection import Redactor, Secret, find_secrets, mark
from tests.keys import B64, HEX, IN_CONTEXT, KEYS, UPPER, some

POSITIVES = [
    *((rule, "key is {} here", key) for rule, keys in KEYS.items() for key in keys),
    *IN_CONTEXT,
]


def quoted(text: str, secret: Secret) -> str:
    return text[secret.start : secret.end]


@pytest.mark.parametrize(
    ("rule", "around", "value"), POSITIVES, ids=[f"{row[0]}-{n}" for n, row in enumerate(POSITIVES)]
)
def test_a_key_is_found_exactly_and_announced(rule: str, around: str, value: str) -> None:
    text = around.format(value)
    [secret] = find_secrets(text)
    assert (secret.rule, quoted(text, secret), secret.announce) == (rule, value, True)
    assert secret.title.startswith(("a ", "an "))
    assert Redactor().redact(text) == around.format(mark(rule))


NOTHING = [
    "sk-learn is a common typo, and so is task-" + "a" * 40,
    "disk-usage-of-the-whole-machine-in-2024-and-2025",
    "hf_hub_download_with_retries_and_a_timeout",
    "AKIA and ASIA begin the ids of AWS keys",
    "XAKIA" + some(16, UPPER),
    "an AIza… key, ghp_… token, xoxb-… token",
    "sk-" + "ant-api03-your-key-here",
    "ANTHROPIC_API_KEY=sk-" + "ant-1234567890",
    'OPENAI_API_KEY="sk-' + "x" * 48 + '"',
    'API_KEY = os.environ["ANTHROPIC_API_KEY_FOR_2024_PRODUCTION"]',
    "AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}",
    'api_key: "<the-key-that-you-were-given-in-2024>"',
    "token: ${{ secrets.GITHUB_TOKEN }}",
    'tokenizer = "sentence-transformers/all-MiniLM-L6-v2"',
    'max_tokens=4096, model="anthropic.claude-3-5-sonnet-20241022-v2:0"',
    'names = ["ClientSecret",\n"Ed25519ClientSecretInTheSession"]',
    "check_token(ValueToken, FlowEntryToken2, FlowSequenceEndToken2)",
    'primary_key = "' + some(40, HEX) + '"',
    'SECRET_NAME = "prod/orders/2024/eu-central-1/database"',
    'secret = "arn:aws:secretsmanager:eu-central-1:210987654321:secret:orders"',
    "password = get_password_from_the_vault_of_2024(name)",
    "postgres://postgres:postgres@localhost/app",
    "postgres://app:${DB_PASSWORD}@db/app and postgres://app:{password}@db/app and redis://u:%(pw)s@r",
    "see https://example.com:8080/a@b and git@github.com:org/repo",
    "sha256:" + some(64, HEX) + " commit " + some(40, HEX),
    "-----BEGIN CERTIFICATE-----\n" + some(64, B64) + "\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\n" + some(64, B64) + "\n-----END PUBLIC KEY-----",
    'if text.startswith("-----BEGIN PRIVATE KEY-----"):\n    return load(text)\n',
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nyour key here\n-----END PRIVATE KEY-----",
    "",
]


@pytest.mark.parametrize("text", NOTHING, ids=range(len(NOTHING)))
def test_what_only_looks_like_a_key_is_left_alone(text: str) -> None:
    assert find_secrets(text) == []
    assert Redactor().redact(text) is text


HIDDEN = [
    ("aws-access-key-id", "AKIA" + "IOSFODNN7" + "EXAMPLE"),
    ("aws-secret-access-key", "aws_secret_access_key=wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCY" + "EXAMPLEKEY"),
    ("anthropic-api-key", "sk-" + "ant-api03-" + some(30)),
    ("openai-api-key", "sk-" + some(32, HEX)),
    ("github-token", "gh" + "p_" + some(35)),
    ("aws-access-key-id", "AK" + "IA" + "Q7ZX3RT5Y" + "UBM2KL6P"),
    ("assigned-secret", 'client_secret: "' + some(40) + '"'),
    ("password", "ADMIN_PASSWORD=" + some(24)),
    ("bearer-token", '"Authorization": "Bearer ' + some(40) + '"'),
    ("url-password", "mysql://root:hunter2@db/app"),
    ("url-password", "postgres://app:" + some(24) + "@localhost/app"),
    ("slack-webhook", "https://hooks.slack.com/" + "workflows/T" + some(9, UPPER) + "/" + some(30)),
]


@pytest.mark.parametrize(("rule", "text"), HIDDEN, ids=range(len(HIDDEN)))
def test_what_may_be_a_key_is_hidden_but_accuses_nobody(rule: str, text: str) -> None:
    [secret] = find_secrets(text)
    assert (secret.rule, secret.announce) == (rule, False)


def pem(kind: str = "RSA PRIVATE KEY", lines: int = 4, ending: bool = True, headers: str = "") -> str:
    body = "".join(some(64, B64) + "\n" for _ in range(lines)) + some(10, B64) + "==\n"
    return f"-----BEGIN {kind}-----\n{headers}{body}" + (f"-----END {kind}-----\n" if ending else "")


PEM_KINDS = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY",
             "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]  # fmt: skip


@pytest.mark.parametrize("kind", PEM_KINDS)
@pytest.mark.parametrize("ending", [True, False], ids=["whole", "cut"])
def test_a_private_key_is_hidden_line_by_line_and_announced_once(kind: str, ending: bool) -> None:
    text = "# deploy\n" + pem(kind, ending=ending) + "\nprint(1)\n"
    found = find_secrets(text)
    assert [secret.announce for secret in found] == [True] + [False] * 4
    redacted = Redactor().redact(text).splitlines()
    assert len(redacted) == len(text.splitlines())
    assert redacted[2:7] == [mark("private-key")] * 5
    assert redacted[:2] + redacted[7:] == text.splitlines()[:2] + text.splitlines()[7:]


def test_headers_of_a_private_key_stay() -> None:
    headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0102\n\n"
    redacted = Redactor().redact(pem(headers=headers))
    assert headers in redacted
    assert redacted.count(mark("private-key")) == 5


@pytest.mark.parametrize("escapes", [1, 2])
def test_a_service_accounts_key_on_one_line_is_one_secret(escapes: int) -> None:
    text = json.dumps({"private_key": pem("PRIVATE KEY"), "client_email": "a@b"})
    for _ in range(escapes - 1):
        text = json.dumps(text)
    [secret] = find_secrets(text)
    assert (secret.rule, secret.announce) == ("private-key", True)
    redacted = Redactor().redact(text)
    assert "client_email" in redacted
    assert not re.search("[A-Za-z0-9+/]{24}", redacted)


@pytest.mark.parametrize("form", ['    "{}\\n"', "    '{}\\n' +", "# {}", "> {}", "\t{}", '"{}",'])
def test_a_private_key_in_quotes_or_comments_is_hidden(form: str) -> None:
    text = "\n".join(form.format(line) for line in pem().splitlines())
    assert not re.search("[A-Za-z0-9+/]{24}", Redactor().redact(text))


def test_each_line_of_a_known_private_key_is_hidden_alone() -> None:
    text = pem()
    redactor = Redactor()
    redactor.learn(text)
    for line in text.splitlines()[1:5]:
        assert redactor.redact(f"the line {line} of it") == f"the line {mark('private-key')} of it"


@pytest.mark.parametrize(
    ("rule", "around", "value"), POSITIVES, ids=[f"{row[0]}-{n}" for n, row in enumerate(POSITIVES)]
)
def test_a_value_once_seen_is_hidden_without_its_context_whole_or_cut(
    rule: str, around: str, value: str
) -> None:
    redactor = Redactor()
    redactor.learn(around.format(value))
    assert redactor.redact(f"they wrote {value}, it seems") == f"they wrote {mark(rule)}, it seems"
    assert redactor.redact(f"({value[:-3]}…)") == f"({mark(rule)}…)"
    assert redactor.redact(f"(…{value[3:]})") == f"(…{mark(rule)})"
    assert redactor.redact(f"x{value}{value}y") == f"x{mark(rule)}{mark(rule)}y"


def test_a_prefix_alone_is_not_taken_for_a_known_key() -> None:
    redactor = Redactor()
    for _, around, value in POSITIVES:
        redactor.learn(around.format(value))
    text = (
        "keys begin with sk-ant-api03-, sk-ant-admin01-, sk-proj-, github_pat_, lsv2_pt_ or bedrock-api-key"
    )
    assert redactor.redact(text) is text


def test_placeholders_and_short_passwords_are_not_remembered() -> None:
    redactor = Redactor()
    redactor.learn("AKIA" + "IOSFODNN7" + "EXAMPLE and mysql://root:hunter2@db/app")
    assert redactor.redact("hunter2 is IOSFODNN7" + "EXAMPLE") == "hunter2 is IOSFODNN7EXAMPLE"


def test_remembered_values_are_spans_too() -> None:
    value = KEYS["groq-api-key"][0]
    redactor = Redactor()
    redactor.learn(value)
    whole, part = redactor.spans(f"{value} and {value[:30]}")
    assert (whole.announce, part.announce) == (True, False)
    assert (part.start, part.end) == (len(value) + 5, len(value) + 35)


@pytest.mark.parametrize("key", [keys[0] for keys in KEYS.values()], ids=list(KEYS))
@pytest.mark.parametrize(
    "wrap",
    [
        lambda key: json.dumps({"log": f"line\n{key}\ttab"}),
        lambda key: f"https://api.test/v1?key={key}&page=2",
        lambda key: f"redirect%3Dhttps%3A%2F%2Fx%3Fkey%3D{key}%26a",
        lambda key: f"Authorization: Bearer {key}\r\n",
        lambda key: f'{{"api_key":"{key}"}}',
        lambda key: f"鍵{key}鍵",
        lambda key: f"`{key}`.",
    ],
    ids=["JSON escapes", "URL", "encoded URL", "header", "JSON", "CJK", "prose"],
)
def test_a_key_is_found_wherever_it_stands(key: str, wrap: Callable[[str], str]) -> None:
    [secret] = [found for found in find_secrets(wrap(key)) if found.announce]
    assert quoted(wrap(key), secret) == key


def test_of_overlapping_rules_the_certain_one_wins_and_the_rest_is_hidden() -> None:
    key = KEYS["google-api-key"][0]
    text = f'SECRET_TOKEN = "{some(24)}.{key}"'
    vague, certain = find_secrets(text)
    assert (vague.rule, certain.rule, certain.announce) == ("assigned-secret", "google-api-key", True)
    assert vague.end == certain.start
    [whole] = find_secrets(f"postgres://u:{some(20)}-{key}@db")
    assert (whole.rule, whole.start) == ("url-password", len("postgres://u:"))


planted = st.sampled_from(POSITIVES)
# Neighbours that end or begin no word; anything may stand behind them.
edges = st.sampled_from([" ", "\n", '"', "'", "(", ")", ",", ";", "\t", "<", ">", "é", "鍵", "\u2028"])
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)


@given(texts, edges, planted, edges, texts)
@settings(max_examples=300, deadline=None)
def test_a_planted_key_is_hidden_and_the_rest_is_unchanged(
    before: str, left: str, row: tuple[str, str, str], right: str, after: str
) -> None:
    rule, around, value = row
    text = before + left + around.format(value) + right + after
    assert Redactor().redact(text) == before + left + around.format(mark(rule)) + right + after


pieces = st.one_of(
    planted.map(lambda row: row[1].format(row[2])),
    planted.map(lambda row: row[2]),
    planted.map(lambda row: row[2][: len(row[2]) // 2]),
    st.sampled_from(
        ["key", "secret=", "token: ", "password", '"', "=", ":", ",", "]", "[", "\\n", "\n", " ", "\0"]
    ),
    st.sampled_from(
        [mark("private-key"), "[redacted:", "postgres://", "a:", "@", "Bearer ", "sk-", "-----BEGIN "]
    ),
    st.sampled_from([pem(), pem(ending=False), "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"]),
    st.text(max_size=10),
)
mixtures = st.lists(pieces, max_size=10).map("".join)


@given(mixtures, mixtures)
@settings(max_examples=300, deadline=None)
def test_redacting_twice_changes_nothing(learnt: str, text: str) -> None:
    redactor = Redactor()
    redactor.learn(learnt)
    once = redactor.redact(text)
    assert redactor.redact(once) == once
    assert find_secrets(once) == [] or redactor.spans(once) == []


@given(mixtures)
@settings(max_examples=300, deadline=None)
def test_spans_are_sorted_do_not_overlap_and_keep_marks(text: str) -> None:
    redactor = Redactor()
    learnt = redactor.learn(text)
    for found in (learnt, redactor.spans(text)):
        ends = [0, *(secret.end for secret in found)]
        assert all(
            secret.start >= end and secret.end > secret.start
            for secret, end in zip(found, ends, strict=False)
        )
        assert not any("[redacted:" + "private-key]" in quoted(text, secret) for secret in found)


ADVERSARIAL = [
    "a", "=", "\\", "-", "key", "key=", "key:'", "sk-", "sk-a ", "AKIA", "xox", "hf_", "token, ", "Bearer ",
    "://", "://a:", "postgres://a:b@", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nAbc: ",
    "Abc: -----BEGIN PRIVATE KEY-----\n", "[redacted:", "password :str = f(", "İkey",
]  # fmt: skip


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_work_grows_with_the_text_and_not_faster(unit: str) -> None:
    def calls(count: int) -> int:
        counted = 0

        def count_call(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += event in {"call", "c_call"}

        text = unit * count
        before = sys.getprofile()
        sys.setprofile(count_call)
        try:
            find_secrets(text)
        finally:
            sys.setprofile(before)
        return counted

    assert calls(1600) <= 2.2 * calls(800) + 100
