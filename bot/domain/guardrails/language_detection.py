"""Deciding whether a text is English, based on the words in Sensei's own rubrics, prompts and documents.

They contain few words of other languages, of encoded text, or of text that is misspelt on purpose. Names of
the code belong between backticks, and callers leave those out. Finding a word in the code does not make it
English, because an attacker writes the code as well.
"""

import re

_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e")
_LEAST_STEM = 3
# Made from rubrics/, prompts/ and docs/ by ``stem``, without the text between backticks.
_STEMS = frozenset(
    """
    abl about abov absenc abus accept acceptabl acces accident accord account accus acknowledg
    acknowledgement acros act action activ actor adapt add addres address adjust administrator advic advis
    advisory affect afford aft afterward again against age agent agre agreement ahead alert alia alik aliv
    all allow alon aloud already also alternativ alway among amount an anchor and anew announc anoth answ
    answer anthropic anti any anybody anyon anyth anyway anywher apart app appear appl applicabl application
    approv approval arbitrary archiv are argu argument around arriv arrow articl as asid ask assert assess
    assignment assistant ast asynchronou at attack attempt audit authentication author authoris authority
    authorization autoescap automat automatic automatical autonomy averag await away back backend background
    backtick backup bad badg bar barr bas baselin batch be bear beat becam becaus becom bedrock been befor
    beforehand began begin beginn begun behav behavior behaviour behind being believ belong below benefit
    besid best bett between beyond bill binary bit blam blank block body book borrow bot both bought bound
    boundary bracket branch break breakpoint brief bring broad brok brought brows buddy budget bug build
    built bump busines busy but button buy by byt cach calculation calendar call callback cam can canary
    cancell cann cannot capability capacity capston card careful carelessnes carr carry cas catalogu catch
    caught caus cell cellar cent certain certificat chain challeng chang channel charact chat cheap check
    child choic choos chos chosen chunk cit citation claim clas classifi clean click client clock clon clos
    close coars cod cohort cold colleagu collect column com combin comma command comment commercial commit
    committ common community company compar comparison compil complain complaint complet complete compos
    composition comput concern conclud concret conda confidenc confident confidential configur configuration
    confirm confirmation connect connection consequenc consider consol constant constraint contact contain
    content contest context continu contract contradict control conversation convinc cop copy cor coroutin
    correct correction cost could count counterfactual country cours cov cover crash creat credential
    criteria criterion cros cur curiou current custom cut cutt dangerou dark dat data databas day dead
    deadlin dealt dearest death decid decision declin deep def default defect defenc defend delay delet
    deletion deliv deliver delivery demand demonstration den deny depend dependenc dependency deploy
    deployment deposit deprecat deprecation deput deputy deriv description deserv design desk detail
    detection develop development devic did die died diff differenc different digest direct direction
    disappear disk dispatch disput distribut do dock docstr doctor document documentation doe doing dojo
    dollar domain don door dot doubl down download draft drain draw drawn drew drift driv drop dropp dry due
    durabl each earli earliest earn edit editor effect effort eight eith eleven els elsewher embedd empt
    empty enabl encrypt end endif endpoint enforc engin engine engineer enough enrol enroll enrolment ent
    enter entr entry environment equal eras erasabl error escalat escap estimat eval evaluat evaluation even
    event ever every everybody everyon everyth everywher evidenc exact examin exampl exce exceed except
    exception excerpt exclud exercis exist exit expect experienc experimental expir explain explicit exploit
    export expression external extraction eye fac fact fail failur fak fall fallback fals fami far fast
    fault faulty featur feel fetch few fewest field fifteen figur fil fill filt filter fin find finish fir
    first fit fitt fiv fix fixtur flag flaw flexibl flight flow fold follow for forbid forbidden forc forg
    forget forgiv forgotten fork form format formatt forty found four fre fresh from front full function
    furth gain gap garden gat gateway gather gaug gav generat generativ geographic geography get gigabyt git
    gitignor giv given global go goal goe gon good googl got governanc grad graft grant gravest greedy green
    ground group grow growth guarante guard guardrail guess guest guid had half halv hand handbook handful
    handl handoff hang happen hard hardest hardwar harm harmful harmles has hash hav head headach health
    hear heard heart held help her hid hidden high hint histogram history hold holiday hom honour hook host
    hostil hour household how howev httpx human hundr hundred hunk id idempotency identity idl ids if ignor
    imag import in inactiv inbound inbox includ inclusiv incom incomplet indentation independent index
    individual inert inferenc influenc infrastructur inject injection injury input insid install installabl
    installation instead instruction insur intak integ integration intend intent interest interfac internet
    interpret interrupt interval into intranet introduc introduction invent invisibl invocation is issu it
    item iteration its itself job join judg judgement just keep kept kernel key keyword kill kind know
    knowledg known label labell lack lag laid land languag laptop larg last lat latency latest law lay lead
    leak learn least leav ledg left legacy legal length lengthen lenient les let lett level librar library
    licenc licens lie lif lifecycl light lik like likeliest limit lin link lint list listen littl liv llama
    load local lock log logg logic login long longest look lookup loop loopback los lost lot low machin mad
    mail main maintain maintenanc mak manag manifest manual many mark mask match material matt maximum may
    mean meant meanwhil measur measurement mechanism median medium meet memb memory mention mere merg messag
    met metadata method metric mid middl midnight migration mileston million min mind minif minor minut mis
    mishap misl miss misspelt mistak mod model modul moment money monorepo month mor morn most motor mount
    mov movement ms much multi multipl museum must my mypy nam namespac near nearby nearest need neighbour
    neith nest network networkx neutral nev new newest next nginx nicety night ninety no nobody nod nois non
    nonsens nor normal not notebook noth notic now nowher null numb obey object obstacl obviou occur of off
    offic official often old oldest ollama on onc one oneself only opaqu open operat operation operator
    opinion option or orchestrat ord order ordinary organisation organization origin original oth otherwis
    our out outcom outgrow outliv output outrank outsid over overhead overlap overlay overrul oversight
    oversiz overwritten owe own pac pack packag pag paid pair pap paragraph parallel paramet pars part
    partial participant particular partn pas pass passag passeng password past patch path patient pattern
    paus pay payload payout payslip peak pend peopl per percentil period permission permit person phon piec
    pin ping pinn pip pipelin plac plain plan plant platform playground pleas plenty plu plugin point policy
    polish pool port possibl post postgr postgresql practic prais precision preferenc preferr prefix prepar
    presum prevent preview pric print privat privileg prob proces process processor product production
    profil program programm progres project promis prompt proof property propos proposal pros protect prov
    provid provision prox proxy public publish pull pump pur purpos push put python quality quantisation
    quart quarter quer question queu quick quiet quit quot quota quotation rais random rank rat rath reach
    reachabl reaction read readabl readines ready real reason rebuild rebuilt recall receiv reception
    recognis reconsid reconstruct record red redact redelivery redirect reduc ref refactor referenc
    reformatt refresh reftabl refund refus refusal refut region regist register registry regression regular
    reject rel releas relevanc reliability rely remain remark remedy rememb remember remot remov removal
    renam render rent repair repeat repl replac replay replica report repositor repository request requir
    requirement reset residency resolv respond respons rest restart restor restrict result resum retention
    retir retr retriev retrieval retry return reusabl revers review revision revisit revok reword rewrit
    rewritten right risk rol roll rollback rollout room root round rout routin row rubric ruff rul run runn
    runtim saf safety said sam sampl sandbox sav saw say scal scarc sceptic schema scop scor scrap scratch
    screen script search second secret secretary section security see seen semicolon send senior sensei
    sensitiv sent sentenc sequenc serv servic session set sett settl seven several shap shar sharp sheet
    shell ship shipp shop short should show shown shrug shut shutdown sid sign signal signatur silenc silent
    simpl simplify sinc singl sit six sixteen siz skill skip skipp sleep slid slight slow slowest small
    smallest snapshot snippet so socket softwar solv som somebody someth somewher soon sort sound sourc spac
    speak special spell spend spent split spok spoken spr sqlit squash stabl stack staff stag stand standard
    start stat statement statistical statu status stay ste step stiff still stock stood stop stopp stor
    story str straight strand strang strategy stream strength strict strik strong stub stuck styl sub submit
    submitt submodul subscrib succes successful succession successor such sudo suggestion suit sum summar
    summaris summary supersed supervis supervisor supply support sur sure surfac surround suspend swap swapp
    switch syntax system systemd tab tabl tag tak taken talk target tariff task tast team technolog
    technology tell temperatur templat temporary tempt ten tenant term terminal test text than that the
    their them themselv then ther thes they thi thing think third thirty thoroughnes thos though thoughtful
    thousand thre thread threshold throttl through throughout throughput tick ticket tie tied tier tim
    timeout titl to today togeth token tokeniz told tomorrow tonight too took tool top topic touch trac
    traceability track trad trail train trajectory transaction transactional transcript translat tray tre
    tri triag trial trigg trip troubl tru trust truth try tun tupl turn tutorial twelv twenty twic two typ
    unanswer unask unassign unchang uncommitt und undo undon uneven unfinish unfold unheard uninstall unit
    unknown unles unnotic unpack unpickl unread unset unsign until untrust unusabl up updat upgrad upkeep
    upload us use used useful useles user using usual vagu vain valid validation validator valu vanish
    variabl vector vendor venv verdict verify version very veto view virtual visibl visitor volum wait wak
    walk wall want ward warm warn was watch way we weaken weakest web webhook week weekend weigh weight
    welcom well went wer what whatev wheel when whenev wher wherev wheth which whichev whil who whoev whol
    whom whos whosev why wid wildcard will win window wish with withdrawn withheld within without won word
    work workflow workplac workspac worktre world wors worst worth worthles would wrap wrapp writ written
    wrong wrot xapp xoxb year yes yet you your yourself yourselv zero zon
    """.split()  # noqa: SIM905 - a list of words reads better as words
)


def stem(word: str) -> str:
    """Return a word without its ending. The stem is approximate, but the same for every form of the word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word.removesuffix(ending)
    return word


def is_common(word: str) -> bool:
    """Say whether Sensei's own texts use a word."""
    return stem(word) in _STEMS


def is_english(prose: str) -> bool:
    """Say whether fewer than half of a text's words are unknown."""
    words = _WORD.findall(prose)
    unknown = sum(not is_common(word) for word in words)
    return unknown < 2 or unknown * 2 < len(words)
