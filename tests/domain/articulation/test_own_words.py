"""What counts as a participant's own words."""

from datetime import UTC, datetime, timedelta

from bot.domain.articulation.conversations import SpokenMessage
from bot.domain.articulation.own_words import MOST_MESSAGES, MOST_OF_A_MESSAGE, hear_messages

SAID = ["Where does the 50 come from? And who notices?"]
START = datetime(2026, 11, 28, tzinfo=UTC)


def words(*texts: str) -> list[str]:
    spoken = [
        SpokenMessage(f"thread:{n}", text, START + timedelta(minutes=n)) for n, text in enumerate(texts)
    ]
    return [message.text for message in hear_messages(spoken, SAID)]


def test_lines_that_quote_sensei_are_left_out() -> None:
    assert words("> Where does the 50 come from?\r\n\r\nThe supplier.") == ["The supplier."]
    assert words(">> And who   notices?\nNobody.") == ["Nobody."]


def test_what_they_quote_from_elsewhere_is_theirs() -> None:
    assert words("> at most 60 a minute\nSo 50.") == ["> at most 60 a minute\nSo 50."]


def test_a_message_without_own_words_is_not_heard() -> None:
    assert words("> Where does the 50 come from?", "  \n", "The supplier.") == ["The supplier."]


def test_a_secret_is_not_heard() -> None:
    [heard] = words("The key is ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")
    assert "ghp_" not in heard
    assert "[redacted:" in heard


def test_a_very_long_message_is_cut() -> None:
    assert words("word " * MOST_OF_A_MESSAGE) == [("word " * MOST_OF_A_MESSAGE)[:MOST_OF_A_MESSAGE].rstrip()]


def test_of_very_many_messages_the_first_and_the_newest_are_heard() -> None:
    heard = words(*(f"Message {n}" for n in range(40)))
    assert len(heard) == MOST_MESSAGES
    assert (heard[0], heard[1], heard[-1]) == ("Message 0", f"Message {41 - MOST_MESSAGES}", "Message 39")
