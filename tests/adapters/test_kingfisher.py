import pytest

from bot.adapters.kingfisher import detect_keys
from bot.domain.secrets.detection import Redactor
from tests.keys import HEX, some
from tests.security.corpus.values import b64, checked


def test_a_key_that_our_own_rules_do_not_know_is_found_where_it_stands() -> None:
    key = "dck" + "r_pat_" + some(27)
    for around in ("login -p {}", "größe = 鍵\ntoken {} 鍵", "\ufeffkey\0: {}", "a\udce9 {}"):
        [found] = [
            one for one in detect_keys(around.format(key)) if one.rule == "dockerhub-personal-access-token"
        ]
        assert around.format(key)[found.start : found.end] == key
        assert not found.announce


def test_of_a_key_in_base64_all_that_holds_it_is_hidden() -> None:
    held = b64("token=" + checked("gh" + "p_"))
    assert held[:20] not in Redactor(detect_keys).redact(f"x: {held}")


def test_a_remark_in_the_text_does_not_switch_the_scanner_off() -> None:
    key = "dck" + "r_pat_" + some(27)
    for remark in ("kingfisher:ignore", "betterleaks:allow", "gitleaks:allow", "pragma: allowlist secret"):
        assert key not in Redactor(detect_keys).redact(f"login -p {key}  # {remark}")


def test_an_id_and_an_address_are_no_secrets() -> None:
    assert list(detect_keys("tenant_id: 7d0cfd1b-688b-6505-0e04-052c5a594518")) == []
    assert list(detect_keys("postgres://postgres:postgres@localhost:5432/app2026x")) == []


@pytest.mark.parametrize(
    "around",
    [
        "x {} y", "'{}'", "a, {}, b", "ada,{},x", "https://x/{}/y", "<b>{}</b>", "**{}**", "f({})", "[{}]",
        "{{{}}}", "| {}|", "`{}`", "{}:x", "@{}@host/", "?t={}&b=1", "#{}#x", "a\\n{}\\nb",
        "a\\t{}\\r", "a%3D{}%20", "{}.", "{}!", "{}-x", "\0{}\0", "\u200b{}\u200b", "ключ{}",
    ],
)  # fmt: skip
def test_a_key_that_our_own_rules_do_not_know_is_hidden_whatever_stands_beside_it(around: str) -> None:
    keys = [
        "shippo" + "_live_" + some(40, HEX),
        "sg" + "p_" + some(40, HEX),
        "gl" + "sa_" + some(32) + "_" + some(8, HEX),
        "rd" + "me_" + some(70, "0123456789abcdefghij"),
        "EZ" + "AK" + some(54),
        "duffel" + "_live_" + some(43),
    ]
    texts = [around.replace("{{", "{").replace("}}", "}").replace("{}", key) for key in keys]
    assert [
        text for key, text in zip(keys, texts, strict=True) if key[-12:] in Redactor(detect_keys).redact(text)
    ] == []
