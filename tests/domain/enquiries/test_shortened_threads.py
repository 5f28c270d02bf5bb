"""Leaving words out of old messages so that a thread fits."""

from bot.domain.enquiries.shortened_threads import MOST_OF_A_THREAD, MOST_OF_THE_NEWEST, shorten_thread

CHATTER = (
    "This is a long sentence about the weather and what we had for lunch in the canteen on that day. " * 30
)
DECIDED = "We decided on Postgres because the team runs it already."


def test_a_thread_that_fits_stays_as_it_is() -> None:
    messages = ("One.\n\nTwo, with  spaces.", "Three?")
    assert shorten_thread(messages) == ("One. Two, with  spaces.", "Three?")
    assert shorten_thread(()) == ()


def test_what_was_decided_outlasts_what_was_not() -> None:
    older = [f"{CHATTER}{DECIDED} {CHATTER}", CHATTER, CHATTER]
    shortened = shorten_thread([*older, "And now?"])
    assert sum(map(len, shortened)) <= MOST_OF_A_THREAD
    assert DECIDED in shortened[0]
    assert shortened[-1] == "And now?"
    assert "…" in shortened[0]


def test_the_oldest_words_go_first() -> None:
    shortened = shorten_thread([CHATTER, CHATTER, CHATTER, CHATTER, "And now?"])
    assert len(shortened[0]) < len(shortened[3])


def test_too_much_of_what_was_decided_goes_too() -> None:
    shortened = shorten_thread([f"{DECIDED} " * 200, f"{DECIDED} " * 200, "And now?"])
    assert sum(map(len, shortened)) <= MOST_OF_A_THREAD
    assert shortened[1].endswith(DECIDED)


def test_a_newest_message_that_is_too_long_keeps_both_ends() -> None:
    [newest] = shorten_thread([f"Begin. {CHATTER * 10} What now?"])
    assert len(newest) <= MOST_OF_THE_NEWEST
    assert newest.startswith("Begin.")
    assert newest.endswith("What now?")


def test_words_are_only_left_out() -> None:
    messages = [f"{CHATTER}{DECIDED}" for _ in range(8)]
    known = set(" ".join(messages).split()) | {"…"}
    assert set(" ".join(shorten_thread(messages)).split()) <= known
