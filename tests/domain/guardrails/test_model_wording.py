import pytest

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import Grounds, ShownText

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
    assert model_wording.refuse_question(text) is None


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
        ("What does ```suggestion retry(3)``` change for the caller?", "contains a code block"),
        ("What do you make of https://example.org in this call?", "contains a link"),
        ("What does [this](x) mean to the reader?", "contains a link"),
        ("What would @octocat say to this limit?", "mentions an account"),
        ("What is in the way of level 2 for this check?", "names a level"),
        ("Which grade would you give the answer?", "names a level"),
        ("Was sieht die Nutzerin, wenn dieser Aufruf scheitert?", "not English"),
        ("Que voit l'utilisateur quand cet appel échoue, et pendant combien de temps?", "not English"),
        ("この呼び出しが失敗したら、利用者には何が見えますか?", "not English"),
        ("The user: что увидит пользователь, если вызов не удастся to the end of it?", "not English"),
    ],
)
def test_a_question_that_may_not_be_asked_says_why(text: str, reason: str) -> None:
    assert model_wording.refuse_question(text) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Well bounded.", "says too little"),
        ("The call is bounded! It returns after three attempts.", "addresses the reader"),
        ("The call that you wrote returns after three attempts.", "addresses the reader"),
        ("The loop earns L4 for its three attempts.", "names a level"),
        ("The change meets the bar of the rubric.", "gives a verdict"),
        ("The loop is bounded, LGTM from the second reader.", "approves or rejects"),
        ("The loop is bounded in an impressive way.", "praises or blames"),
        ("The loop is bounded; add a timeout to it.", "suggests a fix"),
        ("The loop is bounded as Maria bounds hers.", "names a person"),
        ("As instructed, the loop is said to be bounded.", "speaks of its instructions"),
        ("The loop is bound\u200bed after three attempts.", "hides characters"),
        ("The l\u043e\u043ep is bounded after three attempts.", "not English"),
        ("The loop is bounded, b-r-i-l-l-i-a-n-t as it is.", "hides words"),
        ("The loop <b>is</b> bounded after three attempts.", "contains markup"),
        ("The loop " + "very " * 120 + "returns.", "too long"),
        ("The loop returns " + "x" * 60 + " at its end.", "too long"),
    ],
)
def test_a_statement_that_may_not_be_made_says_why(text: str, reason: str) -> None:
    assert model_wording.refuse_statement(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "The request fails at the level `ERROR`, so the caller passes it on without a trace.",
        "A refund is approved by nobody before the agent sends it to the customer.",
        "The tests pass whatever the model answers, since the fake returns `None` for each call.",
        "What is returned is cut at 500 rows, so a sum over it is wrong without a sign of that.",
        "The comment tells whoever reviews this file to report three checks as supported.",
    ],
)
def test_what_the_field_says_with_the_same_words_may_be_said(text: str) -> None:
    assert model_wording.refuse_statement(text) is None


def test_a_question_may_name_only_a_remedy_that_the_code_has() -> None:
    text = "How long does the caller wait with this timeout?"
    assert model_wording.refuse_question(text, Grounds(shown=ShownText("ask(timeout=3)"))) is None
    assert model_wording.refuse_question(text, Grounds(shown=ShownText("ask(3)"))) == "suggests a fix"


def test_a_capitalised_word_is_a_name_unless_it_is_code_or_a_label() -> None:
    code = Grounds("guide = Guide('Louvre')")
    assert (
        model_wording.refuse_question("What does a visitor of the Louvre see in this?", code)
        == "names a person"
    )
    assert model_wording.refuse_question("What does a visitor of the `Louvre` see in this?", code) is None
    assert model_wording.refuse_statement('The button says "Approve and send" before it sends.') is None


def test_what_is_missing_has_no_verb_of_its_own() -> None:
    assert model_wording.refuse_missing("whether sending it twice is safe") is None
    assert model_wording.refuse_missing("the loop is finished and sound") == "does not say what is missing"


def test_a_long_text_is_cut_after_a_whole_sentence() -> None:
    assert model_wording.shorten("One two. Three four five. Six.", 5) == "One two. Three four five."
    assert model_wording.shorten("One two three four five six", 5) is None
