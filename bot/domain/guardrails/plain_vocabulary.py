"""The words that Sensei may use in a conversation although nobody has used them yet.

A list of everything that could be a solution would  be complete. So this lists ordinary words that can
hardly be one, and every other word must come from the person, the code or a source. None of them is the
name of a mechanism, and no verb that could be an order is in ``ANYWHERE``, except in forms that tell what
happened ("dropped", not "drop").
"""

_GRAMMAR = """
    a an the this that these those it its it's itself they their theirs them there's there here that's
    what's who's where's how's let's i i'm i've you you've you're you'd your yours yourself we our us me
    my and or but nor so because since though although while whereas unless if whether than as like such
    of in on at by for from to into onto out up down off over under with without within about above below
    after before between among during until till through throughout across against along around behind
    beyond near per toward towards upon via except besides is isn't are aren't was wasn't were weren't be
    been being am has hasn't have haven't had hadn't do don't does doesn't did didn't can can't cannot
    could couldn't will won't would wouldn't may might must should not no none nothing nobody never
    neither any anything anyone anybody anywhere some something someone somebody somewhere every
    everything everyone everybody each all both either other others another else same own only just also
    still yet already again now then once twice ever often sometimes usually mostly many more most less
    least ago away back together apart instead otherwise anyway maybe perhaps however what which who whom
    whose how when where why today tonight yesterday tomorrow day days night nights week weeks weekend
    weekends month months year years hour hours minute minutes seconds moment morning evening monday
    mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays
    sunday sundays january february march april june july august september october november december
    spring summer autumn winter time times one ones two
"""
_TOLD = """
    say says said write wrote written mention mentions mentioned name names named describe describes
    described list listed note notes noted call called tell tells told explained answered replied compared
    looked saw seen measured counted found decided chose chosen picked went gone came come comes stayed
    kept dropped ruled rejected lost tried wanted needed accepted expected expect thought took taken made
    got gave given used set happened happens started ended mean means meant known think felt agreed left
    answer answers word words message messages reply part parts way ways thing things question reason
    condition case cases clear open people customer customers user users team teams colleague colleagues
    worked works working runs ran running step steps side sides system pays paid costs cost page pages
    default current existing takes gets goes gives makes sees reads lately recently afterwards meanwhile
"""
_ASKED = """
    sentence far long little few much enough too even rather really very quite almost lot always never happen
    happening tell know knows knew notice notices noticed feel feels felt see sees look looks looking show
    shows shown learn learnt find finds hear hears heard watch watches check checks checked checking count
    counts measure measures test tests tested testing try tries trying think thinks believe expect expects
    expecting remember need needs want wants ask asks asked decide decides deciding choose chooses pick
    picked go goes going come coming get gets getting give gives take takes taking make makes making keep
    keeps put puts bring brings brought lose loses losing gain gains gained cost costs costing pay pays
    paid paying bear bears bore borne wait waits waiting work works worked break breaks broke broken fail
    fails failed failing went stop stops stopped start starts end ends change changes changed changing
    reopen revisit leave leaves left run runs ran running reach reaches read reads reading accept accepts
    agree agrees disagree disagrees rule rules ruled allow allows matter matters hold holds held drive
    drives drove settle settled tip tips tipped compare compares bother bothers worry worries worried rely
    relies depend depends differ help helps helped picture imagine understand understood understands grow
    grows grew rise rises drop drops fall falls appear appears turn turned number numbers figure figures
    amount bill bills budget money price prices share size length half quarter loss losses risk risks harm
    damage trouble problem problems incident incidents outage outages mistake mistakes error errors
    failure failures accident complaint complaints evidence trace traces eval evals measurement
    measurements experiment experiments trial trials estimate estimates guess sample result results
    example examples sign signs signal rate rates trend limit limits requirement requirements constraint
    constraints deadline promise contract reason reasons decision decisions choice choices alternative
    alternatives option options plan plans idea ideas goal goals effect effects consequence consequences
    side return exchange use person people customer customers user users client clients colleague
    colleagues team teams manager owner owners reader readers writer operator operators department company
    business support desk system service code line lines value values place places file part parts point
    kind sort form detail details story history table top bottom beginning middle rest whole meantime
    behind first next last later earlier sooner longer slower dearer harder worse worst wrong odd slow
    down late dear expensive hard difficult important real possible impossible likely unlikely sure
    certain different new old recent usual normal bad ready responsible able aware lately exactly actually
    probably currently yourself anyhow afterwards meanwhile live production practice reality should
    shouldn't mustn't low high early rolled roll recover recovers recovered handle handles handled care
    cares contact react reacts report reports reported surprise surprised surprises explain explains
    assume assumed assumption rough roughly average peak busy holiday holidays shift situation situations
    unusual concern concerns concerned convince convinced weigh weighed discuss discussed raise raised
    object objected argue argued opinion view speak speaks spoke involved touch touched affect affects
    affected hit hits suffer suffers suffered seem seems seemed sound sounds sounded lasts lasted spend
    spends spent afford save saves saved miss misses missed spot spots spotted catch catches caught arrive
    arrives arrived reply replies up since bigger higher lower fewer larger twice triple double regret
    undo reverse reversed attempt attempts anywhere step enter enters exist exists existed remain stay
    stays meet meets met apply applies applied concrete specific particular single common rare rarely
    frequent frequently daily weekly monthly nightly original originally initial initially former past
    future
"""

ANYWHERE = frozenset(f"{_GRAMMAR} {_TOLD}".split())
"""Words for statements and questions."""

IN_QUESTIONS = ANYWHERE | frozenset(_ASKED.split())
"""Words for questions: also those that ask for a cost, a risk, a reason, or what was seen."""

FINITE = frozenset(
    """
    is isn't are aren't was wasn't were weren't has hasn't have haven't had hadn't do don't does doesn't did
    didn't can can't says said wrote mention mentions mentioned names named went came stayed kept dropped
    ruled rejected lost tried wanted needed took made got gave used set happened happens come comes means
    that's it's there's what's you've you're i'm decided chose found saw left started ended
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
"""Verbs that make a sentence of its words."""

_TO_NINETEEN = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred"
NUMERALS = {
    **{word: str(value) for value, word in enumerate(_TO_NINETEEN.split())},
    **{word: str(10 * value) for value, word in enumerate(_TENS.split(), 2)},
    "thousand": "1000",
}
"""Numbers as words: a number may be said if the person, the code or a source has it in either form."""
