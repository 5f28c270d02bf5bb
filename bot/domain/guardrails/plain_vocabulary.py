"""The words that Sensei may use in a conversation although nobody has used them yet.

A list of everything that could be a solution would never be complete. So this lists ordinary words that can
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
    far say says said write wrote written mention mentions mentioned name names named describe describes
    described list listed note notes noted call called tell tells told explained answered replied compared
    looked saw seen measured counted found decided chose chosen picked went gone came come comes stayed
    kept dropped ruled rejected lost tried wanted needed accepted expected expect thought took taken made
    got gave given used set happened happens started ended mean means meant known think felt agreed left
    answer answers word words message messages reply part parts way ways thing things question reason
    condition case cases clear open people customer customers user users team teams colleague colleagues
    worked works working runs ran running step steps side sides system pays paid costs cost page pages
    default current existing trying noticed asked failed broke stopped changed complained waited helped
    missed takes gets goes gives makes sees reads lately recently afterwards meanwhile
"""
_ASKED = """
    calls doubles doubled worth sentence long little few much enough too even rather really very quite
    almost lot always happen happening know knows knew notice notices feel feels see look looks looking
    show shows shown learn learnt find finds hear hears heard watch watches check checks checked checking
    count counts measure measures test tests tested testing try tries thinks believe expects expecting
    remember need needs want wants ask asks decide decides deciding choose chooses pick picks go going
    coming plus front grumble grumbles
    get getting give take taking make making keep keeps put puts bring brings brought lose loses losing
    gain gains gained costing pay paying bear bears bore borne wait waits waiting work break breaks broken
    fail fails failing stop stops start starts end ends change changes changing reopen revisit leave
    leaves run reach reaches read reading accept accepts agree agrees disagree disagrees rule rules allow
    allows matter matters hold holds held drive drives drove settle settled tip tips tipped compare
    compares bother bothers worry worries worried rely relies depend depends differ help helps picture
    imagine understand understood understands grow grows grew rise rises drop drops fall falls appear
    appears turn turned number numbers figure figures amount bill bills budget money price prices share
    size length half quarter loss losses risk risks harm damage trouble problem problems incident
    incidents outage outages mistake mistakes error errors failure failures accident complaint complaints
    evidence trace traces eval evals measurement measurements experiment experiments trial trials estimate
    estimates guess sample result results example examples sign signs signal rate rates trend limit limits
    requirement requirements constraint constraints deadline promise contract reasons decision decisions
    choice choices alternative alternatives option options plan plans idea ideas goal goals effect effects
    consequence consequences return exchange use person client clients manager owner owners reader readers
    writer operator operators department company business support desk service code line lines value
    values place places file point kind sort form detail details story history table top bottom beginning
    middle rest whole meantime first next last later earlier sooner longer slower dearer harder worse
    worst wrong odd slow late dear expensive hard difficult important real possible impossible likely
    unlikely sure certain different new old recent usual normal bad ready responsible able aware exactly
    actually probably currently anyhow live production practice reality shouldn't mustn't low high early
    rolled roll recover recovers recovered handle handles handled care cares contact react reacts report
    reports reported surprise surprised surprises explain explains assume assumed assumption rough roughly
    average peak busy holiday holidays shift situation situations unusual concern concerns concerned
    convince convinced weigh weighed discuss discussed raise raised object objected argue argued opinion
    view speak speaks spoke involved touch touched affect affects affected hit hits suffer suffers
    suffered seem seems seemed sound sounds sounded lasts lasted spend spends spent afford save saves
    saved miss misses spot spots spotted catch catches caught arrive arrives arrived replies bigger higher
    lower fewer larger triple double regret undo reverse reversed attempt attempts enter enters exist
    exists existed remain stay stays meet meets met apply applies applied concrete specific particular
    single common rare rarely frequent frequently daily weekly monthly nightly original originally initial
    initially former past future appeared appearing arriving begin begins began begun believed belong
    belongs belonged bringing calling carry carries carried carrying collect collects collected complain
    complains complaining continue continues continued cover covers covered create created creates cross
    crossed crosses deal deals dealt dealing depended die dies died disappear disappears disappeared
    discover discovers discovered draw draws drew drawn explaining face faces faced facing fill fills
    filled finish finishes finished finishing follow follows followed following forget forgets forgot
    forgotten guessed guessing hang hangs hung hide hides hiding hope hopes hoped hurry include includes
    included including interrupt interrupts interrupted intend intended involve involves join joins joined
    land lands landed lie lies lay listen listens listened lives lived living manage manages managed match
    matches matched mind minds minded occur occurs occurred opens opened owned owns planned planning play
    plays played prepare prepared promised promises prove proves proved proven pull pulls pulled push
    pushes pushed realise realises realised recall recalls receive receives received recognise recognises
    recognised refuse refuses refused remind reminds reminded repeat repeats repeated require requires
    required rests rested returns returned returning saving seeing sell sells sold send sends sent sending
    serve serves served shares shared signed sit sits sat sitting slip slips slipped speaking spread
    spreads stand stands stood standing suit suits suspect suspects suspected talk talks talked talking
    teach taught tolerate tolerated treat treats treated treating trigger triggers triggered trust trusts
    trusted uses using vary varies varied wake wakes woke walk walks walked waste wasted wastes wonder
    wonders wondered keeping holding having doing saying finding giving putting telling turning leaving
    missing feeling thinking showing meaning causing cause causes caused affecting growing rising falling
    dropping counting writing answering asking comparing choosing advantage advantages disadvantage
    afternoon afternoons area areas attention basis capacity chance chances circumstances comparison crowd
    date dates delay delays delayed demand demands downside upside drawback drawbacks duration duty edge
    effort efforts event events exception exceptions expense expenses experience explanation extent fact
    facts feedback friend friends group groups growth habit habits hand hands impact impacts interest
    interests interested issue issues kinds lack lacks lacked language languages law laws lesson lessons
    lists load loads luck majority market meeting meetings mood moods nature noise occasion occasions
    office offices origin origins outcome outcomes pain period periods phase phone piece pieces position
    possibility pressure priority proof proportion purpose purposes quality range ranges reaction
    reactions record records regrets relation responsibility role roles scope season seasons sense shape
    source sources staff state states stress subject symptom symptoms task tasks tension topic topics
    total totals traffic trends truth uncertainty understanding usage variation version versions visitor
    visitors volume volumes world annoying annoyed available big biggest complete completely complex
    dangerous dead deep empty entire entirely equal equally exact extra fair familiar fast fixed foreign
    full fully general generally huge inside outside internal external large legal limited local loud main
    mainly major minor natural nearby necessary negative nervous overall painful partly plain positive
    present public private quick quickly quiet quietly random relevant rude separate separately serious
    seriously short shortly silent silently similar similarly slight slightly slowly small strange strict
    strictly sudden suddenly tight tired tiny unable unclear unexpected unhappy unknown unnoticed unused
    upset urgent useful useless vague visible weird wide widely willing third thirds alone anymore somehow
    somewhat else's sorts whichever whoever whatever wherever whenever nowhere hourly earliest latest
    oldest newest longest shortest largest slowest dearest farthest anyone's anybody's somebody's
    someone's everyone's nobody's customer's user's team's person's people's child children man woman men
    women boss bosses lawyer lawyers auditor auditors partner partners supplier suppliers newcomer
    newcomers document documents model models caller callers provider providers conversation conversations
    woken prompt prompts unchanged stuck pending dashboard order cut agent agents tool tools merge merged
    who'd what'd there'd backs backed
    become becomes became round rounds machine machines difference differences mattered vanish vanished
    hurt hurts house request requests parent parents teacher teachers doctor doctors patient patients bank
    employee employees accountant country countries noon midnight health learns knowing differently
    account accounts several soon data euro euros cent cents dollar dollars mail mails themselves
    yourselves wording screen screens button buttons press pressed click clicked type typed misunderstood
    mistaken reached remaining adds quicker heavy direct native speaker comparable article articles laptop
    search searches searching order orders product products project projects sales school class lunch
    dinner phones weekday weekdays anniversary
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
