"""Judge names: which are specific enough to be found by name, and which need more evidence."""

import re
from typing import Literal

Strength = Literal["strong", "weak"]


def _split_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMON = _split_words(
    "abort accept action actions add agent agents all any api app append apply args arguments array "
    "assert async auth average await base batch before block body bool break build bytes cache call "
    "callback cancel case catch chain chat check child choose class clean cleanup clear client clone "
    "close code collect command commit common compare component compute config configure connect "
    "console const content context continue convert copy core count create current data database date "
    "debug decode default delete describe dict disable display document documents dump each edit else "
    "embed emit enable encode encoding end enter entry enumerate error errors evaluate event events "
    "example except execute exists exit expand export extend extract false fetch field fields file "
    "filename files fill filter final find first flush format forward from fromdict function generate "
    "get getconfig getlogger getsettings global group handle handler hash head header headers health "
    "help hidden home hook html http icon id import index info init initialize inner input insert "
    "instance int invoke item items iter join json key keys kind kwargs label language last layout "
    "len length level limit line lines link list listen load loading local lock log logger login "
    "logout loop main make map mark match max merge message messages meta method min mode model "
    "models module mount move name names new next node none normalize note null number object offset "
    "on onchange onclick open option options order outer output page params parent parse patch path "
    "pause payload ping pool pop post predict prepare present preview print process prompt props "
    "provider publish pull push put query queue raise random range read ready receive record redirect "
    "redo ref refresh register reject release reload remove render replace reply report request "
    "require reset resize resolve response restart restore result results resume retry return role "
    "root route router row rows run save schema scope score search section select self send serialize "
    "series server service session set settings setup shape show shutdown size skip sleep slice sort "
    "source stack start state static status step stop store stream string strip style submit sum "
    "super switch sync table tag task tasks temp template test tests text this throw time timeout "
    "title to todict toggle token tokens tool tools tostring total train transform true try type "
    "types undo union unit unlock up update upload url use useeffect user username users usestate "
    "util utils validate value values var verify version view wait warn warning watch while window "
    "with worker wrap wrapper write yield"
)
_LEAST = 4  # characters
_LONG = 12  # characters; a longer word is hardly ever a common one


def name_strength(name: str) -> Strength | None:
    """Return whether a name identifies a definition: on its own, only beside an import, or not at all."""
    if (
        len(name) < _LEAST
        or name.lower().replace("_", "") in _COMMON
        or name.startswith("__")
        or not name.isidentifier()
    ):
        return None
    inner = name.strip("_")
    compound = "_" in inner or re.search(r"[a-z0-9][A-Z]", inner) is not None
    return "strong" if compound or len(inner) >= _LONG else "weak"


def is_constant(name: str) -> bool:
    """Return whether a name is written like a constant or an environment variable: ``CONTEXT_LIMIT``."""
    return "_" in name and name == name.upper()
