"""Find secrets by their position or shape: in a header, an option, a connection string.

None of these is certain enough to be stated publicly, so they are redacted but not announced.
"""

import re
from collections.abc import Iterator

from bot.domain.secrets.anchored_patterns import find_matches, find_occurrences
from bot.domain.secrets.call_arguments import CALLS, COMMANDS
from bot.domain.secrets.value_plausibility import JUDGEMENTS, is_literal_value
from bot.domain.secrets.values import TITLE, Secret

_PLACES = tuple(
    (anchor, re.compile(pattern), accepts)
    for anchor, pattern, accepts in (
        *CALLS,
        (
            "uthorization",
            (
                r"uthorization[\\\"'\])]{0,4}+\s{0,4}+[:=,]\s{0,4}+[fb]?\\{0,3}[\"'`]?"
                r"(?P<secret>[A-Za-z0-9._~+/=-]{20,4000}+)"
            ),
            "random",
        ),
        (
            "uthorization",
            (
                r"uthorization[\\\"'\])]{0,4}+\s{0,4}+[:=,]\s{0,4}+[fb]?\\{0,3}[\"'`]?[A-Za-z]{3,20}+\s{1,2}+"
                r"(?P<secret>[A-Za-z0-9._~+/=-]{8,4000}+)"
            ),
            "header",
        ),
        ("asic ", r"asic (?P<secret>[A-Za-z0-9+/]{8,4000}+={0,2})", "login"),
        ('uth"', r"uth\"\s{0,4}+:\s{0,4}+\"(?P<secret>[A-Za-z0-9+/]{8,4000}+={0,2})", "login"),
        ("_auth", r"_auth\s{0,4}+=\s{0,4}+\"?(?P<secret>[A-Za-z0-9+/]{8,4000}+={0,2})", "login"),
        ("_authToken", r"_authToken\s{0,4}+=\s{0,4}+\"?(?P<secret>[^\s\"'$]{8,400}+)", "any"),
        (
            "machine ",
            (
                r"machine\s{1,4}+\S{1,200}+\s{1,16}+login\s{1,4}+\S{1,200}+\s{1,16}+"
                r"password\s{1,4}+(?P<secret>\S{4,200}+)"
            ),
            "any",
        ),
        ("login ", r"login\s{1,4}+\S{1,200}+\s{1,16}+password\s{1,4}+(?P<secret>\S{6,200}+)", "password"),
        ("dentified", r"dentified\s{1,4}+by\s{1,4}+[\"']?(?P<secret>[^\"';)\s]{4,200}+)", "any"),
        (
            "DENTIFIED",
            (
                r"DENTIFIED\s{1,4}+(?:WITH\s{1,4}+\w{1,40}+\s{1,4}+)?BY\s{1,4}+"
                r"[\"']?(?P<secret>[^\"';)\s]{4,200}+)"
            ),
            "any",
        ),
        ("PASSWORD '", r"PASSWORD '(?P<secret>[^'\n]{4,200}+)", "any"),
        ("password '", r"password '(?P<secret>[^'\n]{4,200}+)", "password"),
        (
            "ecureString",
            (
                r"ecureString\s{1,4}+(?:-[A-Za-z]{1,20}+\s{1,4}+){0,4}"
                r"\\?[\"']?(?P<secret>[^\s\"'$\\]{6,200}+)"
            ),
            "any",
        ),
        ('"d"', r"\"d\"\s{0,4}+:\s{0,4}+\"(?P<secret>[A-Za-z0-9_-]{30,1000}+)", "mixed"),
        ('"k"', r"\"k\"\s{0,4}+:\s{0,4}+\"(?P<secret>[A-Za-z0-9_-]{30,1000}+)", "mixed"),
        ("ignature=", r"ignature=(?P<secret>[A-Za-z0-9%+/_=~-]{20,4000}+)", "mixed"),
        ("code=", r"(?<=[?&])code=(?P<secret>[A-Za-z0-9%_-]{40,120}+(?:==)?)", "mixed"),  # Azure Functions
        ("PASSWORD(", r"PASSWORD\([\"'](?P<secret>[^\"'\n]{4,200}+)", "password"),
        ("oracle:thin:", r"oracle:thin:\w{1,40}+/(?P<secret>[^\s@/\"'$]{4,64}+)@", "any"),
        # Configuration lines: Redis, OpenLDAP.
        *(
            (
                f"{directive} ",
                rf"(?<![\w.-]){directive}[ \t]{{1,16}}+[\"']?(?P<secret>[^\s\"'$]{{6,200}}+)",
                "password",
            )
            for directive in ("requirepass", "masterauth", "bindpw", "rootpw")
        ),
        ("sig=", r"(?<=[?&;])sig=(?P<secret>[A-Za-z0-9%+/_=-]{20,400}+)", "mixed"),
        # A long random string as a client's first argument.
        ("(", r"\([\"'`](?P<secret>[A-Za-z0-9]{32,128}+)[\"'`]", "three"),
    )
)  # fmt: skip
# Values recognised by their shape, as they have no prefix: tokens of Discord and Telegram bots, and secrets
# of Azure applications. A text without the hint contains none.
_SHAPES = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("", r"[MNO](?<![\w.-].)[\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),
        (":AA", r"[0-9](?<![\w-].)[0-9]{7,9}:AA[\w-]{32,36}(?![\w-])"),
        (":APA91b", r"AAAA(?<![\w-]....)[\w-]{7}:APA91b[\w-]{100,180}"),  # Firebase
        ("key-", r"key-(?<![\w-]....)[0-9a-f]{32}(?![\w-])"),
        # A line of .pgpass: host, port, database, user, password.
        (
            ":",
            r"(?<=\n)[\w.*-]{1,100}:(?:[0-9]{2,5}|\*):[\w*-]{1,60}:[\w*.-]{1,60}:(?=[^\s:]*[0-9])(?P<secret>[^\s:]{6,100})(?=\r?\n|\Z)",
        ),
        ("Q~", r"(?<![\w.~-])[\w~.-]{3}[0-9]Q~[\w~.-]{31,34}(?![\w~.-])"),
    )
)
# Keys recognised by their end, then by the text before it: a short name and many random letters (the format
# of most issuers; a digest is not a secret), and Mailgun and Mailchimp keys.
_ENDS = (
    (
        re.compile(r"[_-](?P<secret>[A-Za-z0-9]{30,200}+)(?![_/+=-])"),
        re.compile(r"(?<![A-Za-z0-9_/+-])(?!sha[0-9])[a-z][a-z0-9]{1,9}\Z"),
        "three",
    ),
    (
        re.compile(r"(?P<secret>-(?:us[0-9]{1,2}|[0-9a-f]{8}-[0-9a-f]{8}))(?![\w-])"),
        re.compile(r"(?<![\w-])[0-9a-f]{32}\Z"),
        "end",
    ),
)
# Command options. For each command, the rest of its line is searched once.
_COMMANDS = tuple((command, re.compile(option)) for command, option in COMMANDS)
_MOST_JUDGED = 400  # characters of a value that are checked; all of it is redacted
_LONGEST_COMMAND = 1500  # characters
_DSN = re.compile(r"(?P<secret>[^\s:@\"'`/]{4,64}):[\w.+-]{1,64}")  # backwards, from "@tcp("


def find_by_place(text: str) -> Iterator[Secret]:
    """Yield secrets that are recognised by their position, unsorted. They may overlap."""
    for anchor, pattern, accepts in _PLACES:
        for found in find_matches(text, anchor, pattern):
            if JUDGEMENTS[accepts](found["secret"][:_MOST_JUDGED]):
                rule = "password" if accepts in {"password", "any", "login"} else "assigned-secret"
                yield Secret(rule, TITLE, *found.span("secret"), announce=False)
    yield from _find_by_shape(text)
    yield from _find_in_options(text)
    yield from _find_in_data_sources(text)


def _find_by_shape(text: str) -> Iterator[Secret]:
    for hint, shape in _SHAPES:
        for found in shape.finditer(text) if hint in text else ():
            yield Secret("assigned-secret", TITLE, *found.span(found.lastgroup or 0), announce=False)
    for end, beginning, accepts in _ENDS:
        for found in end.finditer(text):
            before = beginning.search(text, max(0, found.start() - 34), found.start())
            if before and JUDGEMENTS[accepts](found["secret"]):
                yield Secret("assigned-secret", TITLE, before.start(), found.end(), announce=False)


def _find_in_options(text: str) -> Iterator[Secret]:
    for command, option in _COMMANDS:
        at = text.find(command)
        while at >= 0:
            end = text.find("\n", at, at + _LONGEST_COMMAND)
            end = end if end >= 0 and text[end - 1] != "\\" else min(len(text), at + _LONGEST_COMMAND)
            for found in option.finditer(text, at, end):
                if is_literal_value(found["secret"]):
                    yield Secret("password", TITLE, *found.span("secret"), announce=False)
            at = text.find(command, end)


def _find_in_data_sources(text: str) -> Iterator[Secret]:
    """Yield the passwords in Go's data source names: ``user:password@tcp(host)/name``."""
    for anchor in ("@tcp(", "@unix("):
        for at in find_occurrences(text, anchor):
            found = _DSN.match(text[max(0, at - 130) : at][::-1])
            if found and is_literal_value(found["secret"][::-1]):
                start = at - len(found["secret"])
                yield Secret("url-password", "a password inside an address", start, at, announce=False)
