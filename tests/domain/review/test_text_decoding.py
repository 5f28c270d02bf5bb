import pytest

from bot.domain.review.text_decoding import decode_text, is_mostly_text, readable_strings

TEXT = "[default]\nkey = abc\nname = value\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_is_read_in_the_encoding_that_it_has(encoding: str) -> None:
    data = TEXT.encode(encoding)
    assert decode_text(data).removeprefix("\ufeff") == TEXT
    assert encoding == "utf-32" or is_mostly_text(data)


def test_what_is_neither_utf_8_nor_utf_16_is_read_all_the_same() -> None:
    assert decode_text(b"caf\xe9 key") == "café key"
    assert decode_text("größe".encode()) == "größe"
    assert decode_text(b"") == ""


def test_a_few_nul_bytes_make_no_program_of_a_text() -> None:
    assert is_mostly_text(b"\0" + TEXT.encode() + b"\0")
    assert not is_mostly_text(bytes(range(256)) * 4)


def test_of_a_program_only_what_is_legible_is_read() -> None:
    assert (
        readable_strings(b"\x7fELF\0\1password=abc\0\2short\0\3\xffanother one\xfe")
        == "password=abc\nanother one"
    )
