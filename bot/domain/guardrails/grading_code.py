"""What may be said of code that grades something: "an answer graded 'no' is sent as it is".

Code in which a model judges answers or documents has names such as ``grade``. A grade may then be mentioned
together with what that code grades, and with the plain value that it gives. A grade of a change, of code or
of a person, with a letter, a number or praise, is still a level.
"""

import re

# A line that defines or sets a name such as ``grade_answers``, ``Grader`` or ``GradeHallucinations``. Half
# of a docstring may be shown, so this looks at single lines. Text that imitates one permits only the words
# below.
_GRADING = re.compile(
    r"^(?:\d+[ +]|-)?[ \t]*(?:(?:async|export|public|private|static|abstract|final|default)[ \t]+)*"
    r"(?:(?:class|def|func|function|fn|interface|struct|type|enum|record|const|let|var|val)[ \t]+)?"
    r"(?:\w*_)?(?:grad(?:e|es|er|ers|ing)(?![a-z])|\w*Grad(?:e|er|ing)(?![a-z]))\w*[ \t]*[(:={<]",
    re.MULTILINE,
)
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
    return bool(_GRADING.search(code))


def without_grades(folded: str) -> str:
    """Return a folded text in which only the graded thing is left of each such mention."""
    return _MENTION.sub(lambda found: next(filter(None, found.groups())), folded)
