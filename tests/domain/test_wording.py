import pytest

from bot.domain import wording

# What was asked of changes of public repositories, what the prompts show as good, and near misses.
SOUND = """
Models that refuse `temperature` are listed by name. When the next one does too, who would notice first?
With tools on, the executor is given only the newest message. Which conversations can do without the rest?
An answer may take 15 steps, and `max_execution_time` is None. How long is a caller willing to wait?
The agent's steps are written to the log as they are. Who can read that log, but not the conversation?
The same events arrive by the stream and by `runner_event_delta`. Which would you believe when they differ?
The agent may call `close_account` on its own. Which request would you want a person to see first?
Who sees a message that isn't delivered?
`user?.name ?? '@all'` is what the model is told. What may it do with that?
What happens at 2.5 levels of nesting, with the log level at `DEBUG`?
Which of the answers of `grade_documents` do people look at?
Wie heißt: what does `Größe` mean to the person who reads it?
"""


@pytest.mark.parametrize("text", SOUND.strip().split("\n"))
def test_a_sound_question_may_be_asked(text: str) -> None:
    assert wording.refuse_question(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("There is no timeout on this call.", "not a question"),
        ("", "not a question"),
        ("What limits this? And who would notice?", "more than one question"),
        ("What does a user see? " + "really " * 60, "too long"),
        ("Have you considered a cache for these embeddings?", "leading"),
        ("The call is repeated. Shouldn’t it be bounded?", "leading"),
        ("Why not use a queue here?", "leading"),
        ("What does ```suggestion retry(3)``` change for the caller?", "holds a code block"),
        ("What do you make of https://example.org in this call?", "holds a link"),
        ("What does [this](x) mean to the reader?", "holds a link"),
        ("What would @octocat say to this limit?", "mentions somebody"),
        ("What is in the way of level 2 for this check?", "names a level"),
        ("Which grade would you give the answer?", "names a level"),
        ("Was sieht die Nutzerin, wenn dieser Aufruf scheitert?", "not English"),
        ("Que voit l'utilisateur quand cet appel échoue, et pendant combien de temps?", "not English"),
        ("この呼び出しが失敗したら、利用者には何が見えますか?", "not English"),
        ("The user: что увидит пользователь, если вызов не удастся to the end of it?", "not English"),
    ],
)
def test_a_question_that_may_not_be_asked_says_why(text: str, reason: str) -> None:
    assert wording.refuse_question(text) == reason


def test_a_long_text_is_cut_after_a_whole_sentence() -> None:
    assert wording.brief("One two. Three four five. Six.", 5) == "One two. Three four five."
    assert wording.brief("One two three four five six", 5) is None
