"""Words that judge. They are not needed to describe what code does, and rarely mean anything else.

Ordinary words that can also judge ("good", "wrong", "clean") are not listed here: for those, ``verdicts`` and
``praise_and_orders`` check what they refer to.
"""

import re

from bot.domain.guardrails.clause_patterns import JUDGED, PERSON

_PRAISE = """
    admirable admirably admire admiration adept adroit applaud applause artful articulate astonishing
    astounding astute awesome beautiful beautifully beloved blessing breathtaking brilliance brilliant
    calibre caliber captivating charming chapeau classy commend commendable compliment compliments
    congratulate congratulations conscientious craftsmanship creditable dazzling deft delight delightful
    diligence diligent discerning distinguished eloquent elegance elegant elegantly eminent enchanting
    endearing enjoyable enviable excel excellence excellent exceptional exemplary exquisite extraordinary
    fabulous faultless fantastic finesse flawless flawlessly formidable genius gifted glorious gorgeous
    graceful gracefulness grateful handsome handsomely heroic honourable immaculate impeccable impress
    impressive ingenious ingenuity inspired inspiring insightful inventive judicious knack knowledgeable
    kudos laudable lovely magnificent marvel marvellous marvelous masterclass masterful masterly mastermind
    masterpiece mastery maturity meticulous nifty noteworthy outclass painstaking perceptive perfection
    phenomenal pleasing praise praiseworthy prodigious proficiency proficient prowess prudent refreshing
    remarkable resourceful respectable restraint rigour savvy sensational shrewd skilful skilled skillful
    splendid spotless stellar sterling stunning stylish sublime superb superlative talent talented
    tasteful terrific thoughtful thoughtfulness thrilling tremendous triumph unbeatable unmatched unrivalled
    virtuoso wisdom wonderful wondrous wow yay hooray bravo
"""
_BLAME = """
    abysmal absurd abominable amateur amateurish appalling atrocious awful botch botched bungle bungled
    careless carelessness clueless clumsy contemptible crap crappy daft deplorable dilettante dire
    disappoint disappointing disappointment disgrace disgraceful disgusting dismal dreadful dumb embarrass
    embarrassing embarrassment fiasco feeble flimsy foolish foolhardy ghastly haphazard hapless hideous
    hopeless horrendous horrible horrid idiotic idiot ignorance ignorant illiterate immature imbecile inane
    incompetence incompetent inept ineptitude inexcusable inexperience inexperienced
    irresponsible lamentable lame lacklustre laughable lazy laziness lousy ludicrous mediocre mediocrity
    moron moronic nasty negligence negligent nonsense nonsensical oblivious obnoxious outrageous pathetic
    pitiful preposterous reckless recklessness ridiculous rotten rubbish senseless shabby shame shameful
    shoddy sloppy slapdash slipshod slovenly stupid stupidity subpar tasteless terrible terribly thoughtless
    thoughtlessness ugly unforgivable uninspired unprofessional unskilled wretched worthless yuck
"""
_STANDING = """
    aptitude competence expertise leadership mentor novice outgrown prodigy promotable rookie
    seniority veteran virtuosity hireable employable
"""
_VERDICT = """
    disapproval disapprove endorse endorsement mergeable muster passable satisfactory shippable substandard
    unacceptable unapproved unmergeable unsatisfactory veto lgtm
"""
_WORDS = frozenset(f"{_PRAISE} {_BLAME} {_STANDING} {_VERDICT}".split())
# Contexts in which some of these words are technical terms.
_TECHNICAL_USE = re.compile(
    r"\b(?:lazy|lazily)(?=[ -](?:load|evaluat|import|init|fetch))|\bgraceful(?:ly)?(?= (?:shut|stop"
    r"|degrad|exit))|\bbeautiful(?= soup)|\bdistinguished(?= from (?:the|an?|one|another|each)\b)"
)
# "Two kinds of failure aren't distinguished", unless the sentence is about work or a person.
_UNDISTINGUISHED = re.compile(
    r"\b(?:(?:is|are|was|were)(?:n'?t| not)|(?:cannot|can'?t|can not|couldn'?t|could not|never) be)"
    r" distinguished\b"
)
_OF_WORK = re.compile(
    rf"\b(?:{JUDGED}|{PERSON}|this|it|he|she|they|who|work\w*|craft\w*|styles?|skills?|efforts?|logic|writing"
    r"|result|loop)\b"
)
_SENTENCE = re.compile(r"[^.!?;:]+")
_WORD = re.compile(r"[a-z]{3,}")


def has_judging_word(folded: str) -> bool:
    """Say whether a text contains a word that judges."""
    plain = _TECHNICAL_USE.sub("", folded)
    if "distinguished" in plain:
        plain = _SENTENCE.sub(_without_undistinguished, plain)
    return any(map(is_judging, _WORD.findall(plain)))


def is_judging(word: str) -> bool:
    """Say whether a word, in lower case, judges in any context."""
    return word in _WORDS or word.removesuffix("s") in _WORDS


def _without_undistinguished(sentence: re.Match[str]) -> str:
    return sentence[0] if _OF_WORK.search(sentence[0]) else _UNDISTINGUISHED.sub("", sentence[0])
