"""What Sensei suggests to ask, the titles of threads, and where to ask instead of another person's thread."""

from bot.ports.chat import OutgoingMessage, SuggestedPrompt
from bot.rendering.chat.slack_blocks import section
from bot.rendering.text.safe_text import one_line

PROMPTS_TITLE = "What would you like to know?"
HANDBOOK_QUESTIONS = (
    ("Dates in our handbook", "What does our handbook say about dates and deadlines?", "dates deadlines"),
    ("Meetings in our handbook", "What does our handbook say about meetings?", "meetings"),
    ("Help in our handbook", "What does our handbook say about getting help?", "help"),
)
"""Questions about a handbook: a title, the question, and words that a handbook has that covers it."""
_MOST_OF_A_TITLE, _MOST_OF_A_NAME = 60, 80
_CUT = "…"
# Slack shows these as they are, but reads what is between them.
_BRACKETS = str.maketrans({"<": "‹", ">": "›"})


def rubric_prompt(criterion: str) -> SuggestedPrompt:
    """Suggest a question about a criterion of the rubric."""
    name = _cut(criterion, _MOST_OF_A_NAME)
    return SuggestedPrompt("What the rubric means", f"What does the rubric mean by “{name}”?")


def source_prompt(criterion: str) -> SuggestedPrompt:
    """Suggest a question for sources about a criterion."""
    return SuggestedPrompt("A source to cite", f"What can I cite about “{_cut(criterion, _MOST_OF_A_NAME)}”?")


def decision_prompt(title: str) -> SuggestedPrompt:
    """Suggest a question about one of the asker's own decisions."""
    return SuggestedPrompt(
        "One of my decisions", f"What did I decide about “{_cut(title, _MOST_OF_A_NAME)}”?"
    )


def handbook_prompt(title: str, question: str) -> SuggestedPrompt:
    """Suggest a question that the handbook covers."""
    return SuggestedPrompt(title, question)


def thread_title(question: str) -> str:
    """Return the title of a thread: the beginning of its first question."""
    return _cut(question, _MOST_OF_A_TITLE) or PROMPTS_TITLE


def elsewhere_message() -> OutgoingMessage:
    """Tell somebody who mentioned Sensei in another person's thread where to ask."""
    text = (
        "Someone else started this thread with me, so I only answer them there. "
        "I haven't kept your message. To ask me, mention me in a new message in the channel, or write to me "
        "here."
    )
    return OutgoingMessage(text, (section(text),))


def _cut(text: str, most: int) -> str:
    shown = one_line(" ".join(text.split())).translate(_BRACKETS)
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}{_CUT}"
