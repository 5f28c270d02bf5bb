"""Building blocks of the patterns for forbidden text from a model: the start of a clause, and its subject."""

# The start of a clause.
START = r"""(?:^|[.!?;:(]["']?\s+|\s-\s|^["'(]|, (?:so|then|and|but|please) )"""
JUDGED = (
    r"(?:change|changes|pull request|pr|patch|code|work|commit|diff|submission|capstone|implementation"
    r"|solution|design|approach|engineering|author|error handling|review|project|repository|engineer"
    r"|participant)"
)
# Things that could be judged, as the subject of a sentence.
THIS = rf"(?:this|it|that|everything|(?:this|that|the|your|their)(?: whole| entire)? {JUDGED})"
VERY = r"(?:(?:very|really|so|just|quite|simply|truly|all|clearly|not|already|now) ){0,2}"
IS = r"(?:is|are|was|looks|seems|feels|remains|'s)"
PERSON = r"(?:you|author|authors|participant|engineer|developer|candidate)"
