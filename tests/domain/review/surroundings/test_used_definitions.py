from bot.domain.review.surroundings.candidates import FileKind
from bot.domain.review.surroundings.source_lines import SourceLines
from bot.domain.review.surroundings.used_definitions import find_used_definitions
from bot.domain.review.surroundings.used_names import UseKind, list_used_names
from tests.domain.changes import readable

USER = "from app.limits import CONTEXT_LIMIT, cut_text\n"


def used(
    added: str, files: dict[str, str], path: str = "app/chat.py", before: str = USER
) -> list[tuple[str, int, str]]:
    changed = readable(path, before, before + added)
    assert changed.head
    opened = [
        (
            SourceLines(name, text),
            FileKind.CODE if name.endswith((".py", ".ts", ".java")) else FileKind.SETTINGS,
        )
        for name, text in files.items()
    ]
    users = {path: SourceLines(path, changed.head.content)}
    found = find_used_definitions(list_used_names([changed], ()), opened, users)
    return [(place.path, place.line, place.name) for place in found]


def test_constants_and_helpers_that_added_lines_use_are_found_where_they_are_defined() -> None:
    limits = (
        "# Tokens.\nCONTEXT_LIMIT: int = 2000\n\n\ndef cut_text(text):\n    return text[:CONTEXT_LIMIT]\n"
    )
    assert used("x = cut_text(text)[:CONTEXT_LIMIT]\n", {"app/limits.py": limits, "web/z.py": limits}) == [
        ("app/limits.py", 2, "CONTEXT_LIMIT"),
        ("app/limits.py", 5, "cut_text"),
    ]


def test_a_setting_is_shown_with_its_field_and_its_value() -> None:
    files = {
        "app/settings.py": "class Settings(BaseSettings):\n    model_timeout: float = 30.0\n",
        ".env.example": "# Seconds.\nMODEL_TIMEOUT=90\n",
        "config.yaml": "server:\n  port: 1\n",
    }
    found = used("call(timeout=settings.model_timeout)\n", files)
    assert found == [(".env.example", 2, "model_timeout"), ("app/settings.py", 2, "model_timeout")]


def test_environment_variables_and_subscripts_are_settings() -> None:
    files = {"settings.toml": "MAX_ROUNDS = 3\n[agent]\ntop-passages = 5\n"}
    assert {
        name for *_, name in used('n = os.environ["MAX_ROUNDS"] + config["agent"]["top_passages"]\n', files)
    } == {
        "MAX_ROUNDS",
        "top_passages",
    }


def test_local_names_arguments_and_comparisons_define_nothing() -> None:
    files = {"app/a.py": "call(CONTEXT_LIMIT=3)\nif CONTEXT_LIMIT == 3:\n    pass\n"}
    assert used("x = CONTEXT_LIMIT\n", files) == []
    script = {
        "web/a.ts": "function a() {\n  const sendMail = 1\n}\n",
        "web/b.ts": "export const sendMail = 2\n",
    }
    assert used("sendMail(1)\n", script, "web/c.ts", "") == [("web/b.ts", 1, "sendMail")]


def test_code_in_another_language_defines_nothing() -> None:
    assert used("send_mail(1)\n", {"web/mail.ts": "function send_mail() {\n}\n"}) == []
    assert used("send_mail(1)\n", {"web/mail.py": "def send_mail():\n    pass\n"}) == [
        ("web/mail.py", 1, "send_mail")
    ]


def test_a_name_with_many_definitions_counts_only_if_an_import_says_which() -> None:
    files = {f"web/f{n}.py": "def send_mail(a):\n    pass\n" for n in range(5)}
    assert used("send_mail(1)\n", files, before="import os\n") == []
    assert used("send_mail(1)\n", files, before="from web.f3 import send_mail\n") == [
        ("web/f3.py", 1, "send_mail")
    ]


def test_what_only_changed_tests_use_is_not_shown_beside_changed_code() -> None:
    test = readable("tests/test_a.py", None, "build_world(1)\n")
    code = readable("app/a.py", None, "cut_text(1)\n")
    assert [use.name for use in list_used_names([test, code], ())] == ["cut_text"]
    assert [use.name for use in list_used_names([test], ())] == ["build_world"]
    assert list_used_names([code], {"cut_text"}) == []


def test_strings_and_comments_call_nothing() -> None:
    code = readable("app/a.ts", None, "log('send_mail(1)') // send_mail(2)\nconst a = <ChatPanel open/>\n")
    assert [(use.name, use.kind) for use in list_used_names([code], ())] == [("ChatPanel", UseKind.CALL)]
