"""A key that a program puts together is hidden piece by piece, wherever it is cut."""

import pytest

from bot.domain.secrets.detection import Redactor
from tests.security.corpus.values import begin, checked

FORMS = [
    't = ("{}" "{}")', "t = ('{}'  '{}')", 't = "{}"\t"{}"', "t='{}''{}'", 't = r"{}" f"{}"',
    'char *t = "{}" "{}";',
    'b.append("{}").append("{}");', 'b.Append("{}")\n    .Append("{}");', 'b.append("{}"); b.append("{}");',
    "parts.push('{}')\nparts.push('{}')", 't = "{}" + "{}"', "t := \"{}\" <> \"{}\"", "select '{}' || '{}'",
    'os << "{}" << "{}";', "t = '{}'.concat('{}')", "t = '{}'\nt += '{}'", "t = '{}' \\\n    '{}'",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("again", [False, True], ids=["at once", "once it is known"])
def test_no_piece_of_a_key_stays_wherever_it_is_cut(form: str, again: bool) -> None:
    begin(9)
    for cut in (8, 12, 16, 20, 24, 28, 32):
        key = checked("gh" + "p_")
        text = form.format(key[:cut], key[cut:])
        redactor = Redactor()
        if again:
            redactor.learn(text)
        shown = redactor.redact(text)
        assert key[:cut][-6:] not in shown, text
        assert key[cut:][:6] not in shown, text


@pytest.mark.parametrize(
    "text",
    [
        'resource "random_password" "db" {', 'log("token" "expired")', "names = ['api_key' 'secret']",
        'b.append("password: ").append("none");', "select 'password' || ' is wrong'",
        'data "aws_secretsmanager_secret_version" "current" {', 'test("reset password", "with token");',
    ],
)  # fmt: skip
def test_words_side_by_side_stay(text: str) -> None:
    assert Redactor().redact(text) == text


@pytest.mark.parametrize(
    "form",
    [
        'PASSWORDS = ("{}", "{}")',
        "passwords:\n  - {}\n  - {}\n",
        "insert into users (name, password) values ('a', '{}'), ('b', '{}')",
        'login("{}", password="{}")',
    ],
)
def test_what_stands_beside_a_value_that_is_known_already_is_hidden_too(form: str) -> None:
    known, other = "Jifism6*680u8", "aab#aab#1aab"  # the other is too plain to be remembered
    redactor = Redactor()
    redactor.learn(f"password = '{known}'")
    redactor.learn(form.format(known, other))
    shown = redactor.redact(form.format(known, other))
    assert known not in shown
    assert other not in shown
