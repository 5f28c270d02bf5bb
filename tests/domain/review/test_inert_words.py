"""Evidence does not consist of words without effect: comments, labels, messages, names of tests."""

import re
from collections.abc import Iterator

import pytest
from ast_grep_py import SgRoot

from bot.adapters.files import rubrics
from bot.domain.review.inert_words import blank_out_inert_words
from bot.domain.review.signals import ArmedSignal, SignalScanner, arm_signals
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.signal_rules import LANGUAGES

LIBRARY = rubrics.load("capstone")
EVIDENCE = [
    armed
    for armed in arm_signals(with_packs(LIBRARY.rubric, LIBRARY.packs).criteria)
    if armed.signal.yields == "evidence"
]
# A label with its value. Any other code in a log does something, such as a call or a comparison.
LABEL = re.compile(r"[\"']?\w+[\"']?\s*[:=](?!=)")
SCRIPTS = ("javascript", "typescript", "tsx")
SCRIPT_PLACES = [
    "// {line}\n",
    "/* {words} */\n",
    'console.log("{words}");\n',
    "logger.info({{ {code} }}, '{words}');\n",
    "console.error(JSON.stringify({{ {code} }}));\n",
    'expect(ready, "{words}").toBe(true);\n',
    'it("{words}", () => {{}});\n',
    'describe.skip("{words}", () => {{}});\n',
    "call(a, /* {words} */ b);\n",
]

# Places for words in a language: `{words}` is quoted in them, and `{code}` stands there as it is.
PLACES: dict[str, list[str]] = {
    "python": [
        "# {line}\n",
        '"""{words}"""\n',
        'def run():\n    """{words}"""\n',
        'logger.info("{words}")\n',
        "logger.info('{words}', {code})\n",
        'self._logger.warning("retrying", extra={{{code}}})\n',
        "print('settings', dict({code}))\n",
        'assert {name!r} in text, "{words}"\n',
        'self.assertTrue(ready, "{words}")\n',
        "def test_{name}(app):\n    assert app.ready\n",
        "class Test{name}:\n    ready = True\n",
        "call(a,  # {line}\n     b)\n",
    ],
    **dict.fromkeys(SCRIPTS, SCRIPT_PLACES),
    "go": [
        "// {line}\n",
        "/* {words} */\n",
        'func f() {{ log.Printf("{words}") }}\n',
        'func f() {{ slog.Info("call", "{words}", 5) }}\n',
        'func TestRun(t *testing.T) {{ t.Fatalf("{words}") }}\n',
        'func TestRun(t *testing.T) {{ t.Run("{words}", run) }}\n',
        "func Test{name}(t *testing.T) {{}}\n",
    ],
    "java": [
        "// {line}\n",
        "/** {words} */\n",
        'class A {{ void f() {{ log.info("{words}"); }} }}\n',
        'class A {{ void f() {{ System.out.println("{words}"); }} }}\n',
        'class A {{ void f() {{ assertTrue(ready, "{words}"); }} }}\n',
        'class A {{ @Test @DisplayName("{words}") void works() {{}} }}\n',
        "class A {{ @Test void {name}() {{}} }}\n",
    ],
    "hcl": ["# {line}\n", "/* {words} */\n"],
    "yaml": ["# {line}\n", "name: run  # {line}\n"],
}


def places_of(armed: ArmedSignal, language: str, snippet: str) -> Iterator[str]:
    """The words that a signal finds in a snippet, in places where they have no effect."""
    path = (
        f"tests/a{LANGUAGES[language][0]}"
        if armed.signal.where == "tests"
        else f"app/a{LANGUAGES[language][0]}"
    )
    imports = "".join(f"{line}\n" for line in snippet.split("\n") if "import" in line)
    for hit in SignalScanner([armed]).scan(path, snippet):
        code = " ".join(snippet[hit.start : hit.end].split())
        plain = code.replace('"', "").replace("'", "").replace("\\", "").replace("*/", "")
        name = "".join(c if c.isalnum() else "_" for c in plain)[:60]
        for place in PLACES.get(language, []):
            if "{code}" not in place or LABEL.match(code):
                yield imports + place.format(line=code, words=plain, code=code, name=name)


def cases() -> Iterator[tuple[ArmedSignal, str, str]]:
    for armed in EVIDENCE:
        for language, rule in armed.signal.rules():
            for snippet in rule.match:
                for text in places_of(armed, language, snippet):
                    yield armed, language, text


@pytest.mark.contract
def test_words_without_effect_are_evidence_of_nothing() -> None:
    tried, wrong = set(), []
    for armed, language, text in cases():
        tried.add(armed.signal.id)
        ending = LANGUAGES[language][0]
        path = f"tests/a{ending}" if armed.signal.where == "tests" else f"app/a{ending}"
        if any(SignalScanner([armed]).scan(path, text)):
            wrong.append((armed.signal.id, text))
    in_code = {armed.signal.id for armed in EVIDENCE if set(dict(armed.signal.rules())) - {"json"}}
    assert tried == in_code, "JSON has no comments, labels or messages"
    assert wrong == []


@pytest.mark.parametrize(
    ("signal", "path", "text"),
    [
        (
            "amazon-bedrock.throttling-handled",
            "app/a.py",
            'import boto3\nb = boto3.client("bedrock-runtime")\nlogger.warning("ThrottlingException")\n',
        ),
        (
            "anthropic.retries-bounded",
            "app/a.py",
            'import anthropic\nlogger.info("retrying", max_retries=3)\n',
        ),
        (
            "amazon-bedrock.retries-bounded",
            "app/a.py",
            'import boto3\nb = boto3.client("bedrock", config=Config(retries={\n    # no max_attempts\n}))\n',
        ),
        (
            "security.injection-tested",
            "tests/test_a.py",
            "def test_prompt_injection_is_ignored(agent):\n    pass\n",
        ),
        (
            "google-adk.confirmation-tested",
            "tests/test_a.py",
            'context.x = ToolConfirmation(hint="not confirmed=False")\n',
        ),
        (
            "reliability.failure-injected",
            "tests/test_a.py",
            'client.side_effect = ValueError("a Timeout")\n',
        ),
        (
            "validation.ci-runs-evals",
            ".github/workflows/ci.yml",
            "a:\n  steps:\n    - name: Run pytest evals\n      run: echo make evals # make evals\n",
        ),
    ],
)
def test_these_words_were_once_taken_for_evidence(signal: str, path: str, text: str) -> None:
    assert [hit.armed.signal.id for hit in SignalScanner(EVIDENCE).scan(path, text)] == []
    assert signal in {armed.signal.id for armed in EVIDENCE}


def test_what_a_log_reads_and_a_call_in_it_does_is_evidence() -> None:
    cached = 'import anthropic\nlogger.info("cached %d", message.usage.cache_read_input_tokens)\n'
    limited = "import transformers\nprint(model.generate(**inputs, max_new_tokens=50))\n"
    found = [
        [hit.armed.signal.id for hit in SignalScanner(EVIDENCE).scan("app/a.py", text)]
        for text in (cached, limited)
    ]
    assert found == [["anthropic.cache-read"], ["open-models.answer-limited"]]


def test_an_assertion_on_a_score_is_evidence_and_its_message_is_not() -> None:
    text = 'assert accuracy("refunds") >= 0.8, "accuracy of refunds"\n'
    assert [hit.armed.signal.id for hit in SignalScanner(EVIDENCE).scan("tests/test_a.py", text)] == [
        "validation.threshold"
    ]


def test_a_command_after_an_echo_is_evidence() -> None:
    text = 'jobs:\n  a:\n    steps:\n      - run: echo "start" && make evals  # each night\n'
    hits = SignalScanner(EVIDENCE).scan(".github/workflows/ci.yml", text)
    assert [hit.armed.signal.id for hit in hits] == ["validation.ci-runs-evals"]


def test_the_copy_is_as_long_as_the_text_and_keeps_its_lines() -> None:
    text = (
        'def test_é(x):\n    """Ünï\n    code"""\n    log.info(f"a {x.b} c", k=1)  # ☃\n    return "kept"\n'
    )
    plain = blank_out_inert_words(text, SgRoot(text, "python").root(), keep_asserted=False)
    assert len(plain) == len(text)
    assert plain.split("\n") == [
        "def xxxxxx(x):",
        '    """   ',
        '        """',
        '    log.info(f"  {x.b}  ", x=1)     ',
        '    return "kept"',
        "",
    ]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", 'assert_allowed(user, scope="refunds")\n'),
        ("python", 'jwt.verify(token, algorithms=["RS256"])\n'),
        ("typescript", 'assertBudget({ limit: 5, window: "day" });\n'),
        ("typescript", "assertWithinLimit({ tokens: 5 });\n"),
        ("typescript", 'const limit = require("express-rate-limit");\n'),
    ],
)
def test_a_check_of_the_systems_own_keeps_its_words(language: str, code: str) -> None:
    root = SgRoot(code, language).root()
    assert blank_out_inert_words(code, root, keep_asserted=False) == code
