"""What may be said of code that grades something: "an answer graded 'no' is sent as it is".

Code in which a model judges answers or documents has names such as ``grade``. A grade may then be mentioned
together with what that code grades, and with the plain value that it gives. A grade of a change, of code or
of a person, with a letter, a number or praise, is still a level.
"""

import re

# A name that a line defines, sets or calls first. Half of a docstring may be shown, so this looks at single
# lines. Text that imitates one permits only the words below. No repetition can overlap with another one.
_NAME = re.compile(
    r"^(?:\d{1,7}[ +]|-)?[ \t]*(?:(?:async|export|public|private|static|abstract|final|default|class|def|func"
    r"|function|fn|interface|struct|type|enum|record|const|let|var|val)[ \t]+){0,5}(\w{1,80})[ \t]*[(:={<]",
    re.MULTILINE,
)
# "grade_answers", "answer_grader", "Grader", "GradeHallucinations"; not "gradient" or "upgrade".
_GRADING = re.compile(r"(?:^|_)grad(?:es?|ers?|ing)(?![a-z])|(?:^|[a-z0-9_])Grad(?:es?|ers?|ing)(?![a-z])")
_OBJECT = (
    r"(?:answer|response|reply|document|chunk|passage|hit|generation|essay|hallucination|retrieval|output)"
    r"(?:s|es)?"
)
_VALUE = (
    r"""["']?(?:yes|no|true|false|relevant|irrelevant|grounded|ungrounded|not grounded|supported"""
    r"""|unsupported|not supported|useful|not useful|null|none)\b["']?"""
)
_MENTION = re.compile(
    rf"\b({_OBJECT})(?: that)?(?: (?:is|are|was|were))? graded (?:as )?{_VALUE}"
    rf"|\bgraded ({_OBJECT})\b"
    rf"|\bgrades? (?:(?:the|each|every|all|an?) )?({_OBJECT})\b"
    rf"|\bthe grade (?:of|for) (?:the|each|every|an?) ({_OBJECT})\b(?! (?:is|was|are|were|of|by)\b)"
)


def has_grading(code: str) -> bool:
    """Say whether the code that a model was shown has a name that is about grading."""
    return any(_GRADING.search(found[1]) for found in _NAME.finditer(code))


def without_grades(folded: str) -> str:
    """Return a folded text in which only the graded thing is left of each such mention."""
    return _MENTION.sub(lambda found: next(filter(None, found.groups())), folded)
