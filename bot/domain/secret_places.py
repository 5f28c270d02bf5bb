"""Values that their place gives away: behind a name, in a header, an option, a connection string.

Nothing here is certain enough to be stated in public; it is hidden.
"""

import re
from collections.abc import Callable, Iterator

from bot.domain.secret_calls import CALLS, COMMANDS, inserted
from bot.domain.secret_rules import NAMED, PASSWORD_NAME, PLACEHOLDER, PLAIN_WORD, VAGUE_NAME
from bot.domain.secret_values import (
    TRIVIAL,
    Secret,
    is_reference,
    is_slug,
    looks_random,
    mixed,
    no_example,
    turns,
)
from bot.domain.secret_wrapping import is_login

_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-ñ"
_KEYWORDS = (
    *("key", "secret", "token", "pass", "pw", "auth", "psk"),
    *("kennwort", "wachtwoord", "contrase", "senha", "mdp", "parola"),
)
_ASSIGNED = re.compile(
    r"(?P<tail>[A-Za-z0-9_.ñ-]{2,40}+)[\\\"'`)\]]{0,4}+"
    r"(?:\s{0,4}+:\s{0,4}+[A-Za-z_.]{1,24}+(?=\s{0,4}+=))?"  # a type: api_key: str = ...
    # An operator, name and value as two fields (Kubernetes), an element of XML, a variable of Terraform.
    r"(?:[,;]?\s{0,24}+[\"']?value[\"']?\s{0,4}+[:=]"
    r"|\)?\s{1,4}+(?:or|\|\||\?\?)\s{1,4}+"  # os.environ.get("...") or "..."
    r"|\s{0,16}+(?P<operator>:=|=>|=|:|(?P<comma>,)(?!\s{0,8}\n))"
    r"|(?P<option>[ \t]{1,24}+)|>"
    r"|\s{0,4}+\{\s{0,8}+(?:[a-z]{1,20}+\s{0,8}+=[^\n]{0,80}+\s{1,8}+){0,3}default\s{0,8}+=)"
    r"(?P<space>\s{0,16}+)"
    r"(?:[|>][+-]?[1-9]?[+-]?[ \t]{0,4}\r?\n[ \t]{1,16}+)?"  # a block of YAML
    r"(?:(?P<call>[A-Za-z_.]{1,30}+)\(\s{0,4}+)?"  # SecretStr("...")
    r"(?:[rbfu]{0,2}\\{0,3}(?:\"{3}|'{3}|[\"'`])(?P<quoted>[^\"'`\\\n\x00]{4,400}+)"
    # What stands bare behind a comma is the next argument, hardly a value.
    r"|(?P<bare>(?(comma)(?!)|(?:[a-z]{4}(?: [a-z]{4}){3}(?![^\s,;])|[^\s\"'`,;&<>|\\\x00]{6,400}+))))"
)
_SHORT_NAME = re.compile(r"(?:^|[_.-])(?i:pass|pw)$|[a-z](?:Pass|Pw)$")
_STRONG = re.compile(
    r"(?=[^0-9]*[0-9])[^!@#$%^&*+?~]*[!@#$%^&*+?~]"
)  # as rules for passwords ask for: Test2024!
# What may stand before a name and a value that only a blank parts.
_DECLARED = re.compile(r"(?:#[ \t]{0,4}define|\bENV|\bsetenv)[ \t]{1,8}\Z")
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")  # as Google gives one to a program that sends mail
_MAIL = re.compile(r"(?i:app|mail|google|smtp)")
_DECODES = re.compile(r"(?:fromhex|unhexlify|a2b_hex|b64decode|Buffer\.from)\Z")
_LAST_WORD = re.compile(r"([A-Za-z]{3,20})[ _-]\Z")  # of "secret key:"
_TOKEN = re.compile(r"[A-Za-z0-9+/_.~-]{16,}+={0,2}")
_QUOTED_TOKEN = re.compile(r"[^\s<>{}\[\]()]{16,}+")
_CODE = re.compile(r"[A-Za-z_$][\w$]*+(?:\??\.[A-Za-z_$][\w$]*+)*+[?!]?")
_ARGUMENT = re.compile(r"[A-Za-z_]\w*+=|=|[A-Za-z_][\w.]{0,80}+[(\[]")  # or a call
_MADE_UP = re.compile(r"[0-9][A-Za-z]|[0-9]{3}\Z")

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
        ("sig=", r"(?<=[?&;])sig=(?P<secret>[A-Za-z0-9%+/_=-]{20,400}+)", "mixed"),
        # The long random string that a client is given as its first argument.
        ("(", r"\([\"'`](?P<secret>[A-Za-z0-9]{32,128}+)[\"'`]", "three"),
    )
)  # fmt: skip
# What a value alone gives away, though it begins with nothing of its own: bots of Discord and Telegram, and
# secrets of Azure's applications. A text without the hint has none.
_SHAPES = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("", r"[MNO](?<![\w.-].)[\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),
        (":AA", r"[0-9](?<![\w-].)[0-9]{7,9}:AA[\w-]{32,36}(?![\w-])"),
        ("key-", r"key-(?<![\w-]....)[0-9a-f]{32}(?![\w-])"),
        # A line of .pgpass: host, port, database, user, password.
        (
            ":",
            r"(?<=\n)[\w.*-]{1,100}:(?:[0-9]{2,5}|\*):[\w*-]{1,60}:[\w*.-]{1,60}:(?=[^\s:]*[0-9])(?P<secret>[^\s:]{6,100})(?=\r?\n|\Z)",
        ),
        ("Q~", r"(?<![\w.~-])[\w~.-]{3}[0-9]Q~[\w~.-]{31,34}(?![\w~.-])"),
    )
)
# Keys that are recognised by their end, then by what stands before it: a short name and many random letters
# (most issuers write theirs so; a digest is no secret); keys of Mailgun and Mailchimp.
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
# Options of commands: the rest of a line is looked through once, whichever commands stand on it.
_COMMANDS = tuple((command, re.compile(option)) for command, option in COMMANDS)
_LONGEST_COMMAND = 1500  # characters
_DSN = re.compile(r"(?P<secret>[^\s:@\"'`/]{4,64}):[\w.+-]{1,64}")  # backwards, from "@tcp("


def placed(text: str) -> Iterator[Secret]:
    """Yield what its place gives away, in no order, with overlaps."""
    yield from _assigned(text)
    for anchor, pattern, accepts in _PLACES:
        for found in _matches(text, anchor, pattern):
            if _ACCEPTS[accepts](found["secret"]):
                rule = "password" if accepts in {"password", "any", "login"} else "assigned-secret"
                yield Secret(rule, _TITLE, *found.span("secret"), announce=False)
    yield from _shaped(text)
    yield from _options(text)
    yield from _sources(text)
    yield from _inserted(text)


def _shaped(text: str) -> Iterator[Secret]:
    for hint, shape in _SHAPES:
        for found in shape.finditer(text) if hint in text else ():
            yield Secret("assigned-secret", _TITLE, *found.span(found.lastgroup or 0), announce=False)
    for end, beginning, accepts in _ENDS:
        for found in end.finditer(text):
            before = beginning.search(text, max(0, found.start() - 34), found.start())
            if before and _ACCEPTS[accepts](found["secret"]):
                yield Secret("assigned-secret", _TITLE, before.start(), found.end(), announce=False)


def _inserted(text: str) -> Iterator[Secret]:
    for column, start, end in inserted(text):
        name, value = re.sub("[_.-]", "", column).lower(), text[start:end]
        if PASSWORD_NAME.search(name) and len(value) >= 6 and _is_any(value):
            yield Secret("password", _TITLE, start, end, announce=False)


def _options(text: str) -> Iterator[Secret]:
    for command, option in _COMMANDS:
        at = text.find(command)
        while at >= 0:
            end = text.find("\n", at, at + _LONGEST_COMMAND)
            end = end if end >= 0 and text[end - 1] != "\\" else min(len(text), at + _LONGEST_COMMAND)
            for found in option.finditer(text, at, end):
                if _is_any(found["secret"]):
                    yield Secret("password", _TITLE, *found.span("secret"), announce=False)
            at = text.find(command, end)


def _sources(text: str) -> Iterator[Secret]:
    """Yield the passwords of data sources as Go names them: ``user:password@tcp(host)/name``."""
    for anchor in ("@tcp(", "@unix("):
        for at in _occurrences(text, anchor):
            found = _DSN.match(text[max(0, at - 130) : at][::-1])
            if found and _is_any(found["secret"][::-1]):
                start = at - len(found["secret"])
                yield Secret("url-password", "a password inside an address", start, at, announce=False)


_TITLE = "what looks like a secret"


def _matches(text: str, anchor: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    at = text.find(anchor)
    while at >= 0:
        found = pattern.match(text, at)
        if found:
            yield found
        at = text.find(anchor, max(found.start("secret"), at + 1) if found else at + len(anchor))


def _occurrences(text: str, literal: str) -> Iterator[int]:
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + len(literal))


def _assigned(text: str) -> Iterator[Secret]:
    """Yield values whose names give them away: ``NAMED``, passwords, and the vague ``assigned-secret``."""
    lowered = text.replace("İ", "I").lower()  # that letter alone has a longer lower case
    for keyword in _KEYWORDS:
        for at in _occurrences(lowered, keyword):
            if found := _ASSIGNED.match(text, at):
                head = text[max(0, at - 60) : at]
                before = head.rstrip(_NAME_CHARACTERS)
                name = head[len(before) :] + found["tail"]
                if name.lower() == "key" and (word := _LAST_WORD.search(head)):
                    name = word[1] + name
                if secret := _judged(name, before, found):
                    yield secret


def _judged(name: str, before: str, found: re.Match[str]) -> Secret | None:
    if found["option"] and not name.startswith("-") and not _is_declared(before, found):
        return None
    plain = re.sub("[_.-]", "", name).lower()
    group = "quoted" if found["quoted"] else "bare"
    start, end = found.span(group)
    token = (_QUOTED_TOKEN if group == "quoted" else _TOKEN).match(found[group])
    if token:
        value = token[0]
        for rule in NAMED:
            if rule.name.search(plain) and rule.value.fullmatch(value):
                return Secret(
                    rule.rule, rule.title, start, start + len(value), no_example(value) and mixed(value)
                )
    if PASSWORD_NAME.search(plain) or _SHORT_NAME.search(name):
        value = found[group].rstrip(".,)") if group == "bare" and not found["space"] else found[group]
        accepted = _is_password(value) if group == "quoted" else _is_bare_password(name, value, found)
        accepted = accepted and not (found["comma"] and value.isalpha())  # two words of a list
        accepted = accepted or (
            bool(_APP_PASSWORD.fullmatch(value)) and _MAIL.search(before[-12:] + name) is not None
        )
        if accepted:
            return Secret("password", "what looks like a password", start, start + len(value), announce=False)
    decoded = plain.endswith("key") and found["call"] and _DECODES.search(found["call"])
    if (decoded or VAGUE_NAME.search(plain)) and (
        (token and looks_random(token[0])) or _is_made_up(found[group], group)
    ):
        end = start + len(token[0]) if token and group == "bare" else end
        return Secret("assigned-secret", _TITLE, start, end, announce=False)
    return None


def _is_declared(before: str, found: re.Match[str]) -> bool:
    """Say whether a blank assigns, as in ``ENV X value``, ``#define X "value"``, ``keyPassword "value"``."""
    if _DECLARED.search(before):
        return True
    value = found["quoted"]
    return value is not None and " " not in value and any(c.isdigit() for c in value)


def _is_password(value: str) -> bool:
    """Judge a quoted value behind the name of a password: a word that only names it is none."""
    if len(value) < 6 or is_reference(value) or _is_plain(value) or not value.isascii():
        return False
    if value[0] in " ,;)]}+" or value[-1] == " ":  # what stands between two strings
        return False
    if " " in value:  # a sentence, or a phrase that was made up
        return any(c.isdigit() for c in value) and value == value.lower() and value[-1] not in ".!?:"
    return not value.isalpha() or (len(value) >= 8 and value[1:] != value[1:].lower()) or value.islower()


def _is_bare_password(name: str, value: str, found: re.Match[str]) -> bool:
    """Judge a value without quotes: code and prose have names and words there."""
    if (
        len(value) < 6
        or value[-1] == ":"
        or is_reference(value)
        or _is_plain(value)
        or _ARGUMENT.match(value)
    ):
        return False
    if _CODE.fullmatch(value) and not _is_parameter(name, found):
        in_shell = name.isupper() and found["operator"] == "=" and not found["space"]
        made_up = _MADE_UP.search(value) is not None or (value.isalnum() and turns(value) * 3 >= len(value))
        return made_up or (in_shell and len(value) >= 8 and value.isalpha())
    return any(c.isdigit() for c in value) or (value.lower() != value and value.upper() != value)


def _is_parameter(name: str, found: re.Match[str]) -> bool:
    """Say whether it is one of several in an address or a connection string: ``?user=app&password=...``."""
    at = found.end("tail") - len(name)
    return at > 0 and found.string[at - 1] in "?&;"


def _is_made_up(value: str, group: str) -> bool:
    """Judge a short value behind the name of a secret: neither words nor a path of words."""
    if group == "bare":
        compact = re.sub("[-_]", "", value) if len(value) >= 24 else value
        return (
            len(value) >= 12
            and compact.isalnum()
            and not is_slug(value)
            and _has_three_kinds(compact + compact)
        )
    if len(value) < 10 or not value.isascii() or is_reference(value) or _is_plain(value):
        return False
    if " " in value:
        return _is_password(value)
    letters, digits = sum(c.isalpha() for c in value), sum(c.isdigit() for c in value)
    return letters >= 2 and digits >= 2 and not is_slug(value) and mixed(value)


def _is_plain(value: str) -> bool:
    """Say whether a value is a placeholder, or a word that stands beside passwords in code."""
    if value.lower() in TRIVIAL or PLACEHOLDER.search(value):
        return True
    return PLAIN_WORD.search(value) is not None and not _STRONG.search(value)


def _is_any(value: str) -> bool:
    return not is_reference(value) and not _is_plain(value) and not value.isdigit()


def _is_mixed(value: str) -> bool:
    return mixed(value) and not PLACEHOLDER.search(value)


def _has_three_kinds(value: str) -> bool:
    digits = sum(c.isdigit() for c in value)
    enough = digits >= 3 or (digits >= 1 and turns(value) * 3 >= len(value))
    return enough and value.lower() != value != value.upper() and looks_random(value)


_ACCEPTS: dict[str, Callable[[str], bool]] = {
    "any": _is_any,
    "end": bool,
    "header": lambda value: is_login(value) or (len(value) >= 16 and _is_mixed(value)),
    "login": is_login,
    "made up": lambda value: looks_random(value) or _is_made_up(value, "quoted"),
    "mixed": _is_mixed,
    "password": lambda value: _is_password(value) and any(c.isdigit() for c in value),
    "random": looks_random,
    "three": _has_three_kinds,
}
