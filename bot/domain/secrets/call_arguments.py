"""Patterns of calls, commands and SQL statements that take a password. Each is tried only at its anchor."""

import re
from collections.abc import Iterator

_FIRST = r"\s{0,8}+(?:[rbfu]?[\"'`][^\"'`\n]{0,100}+[\"'`]|[\w.]{1,60}+)\s{0,4}+,\s{0,8}+"  # the user
_SECOND = r"[rbu]?[\"'`](?P<secret>[^\"'`\n\x00]{4,200}+)[\"'`]"
_MADE_BY = r"\s{0,4}+(?:[A-Za-z_.]{1,30}+\(\s{0,4}+)?"  # bytes.fromhex(

# Anchor, pattern, and the check (``value_plausibility.JUDGEMENTS``) that a value must pass.
CALLS = (
    ("auth=(", rf"auth=\({_FIRST}{_SECOND}", "password"),
    ("asicAuth(", rf"asicAuth\({_FIRST}{_SECOND}", "password"),
    ("asic_auth(", rf"asic_auth\({_FIRST}{_SECOND}", "password"),
    (".login(", rf"\.login\({_FIRST}{_SECOND}", "password"),
    *(
        (f"{name}(", rf"{name}\({_FIRST}{_SECOND}", "password")
        for name in ("NetworkCredential", "PasswordAuthentication", "UsernamePasswordCredentials")
    ),
    # A database's address, the user, and the password.
    *(
        (f"{name}(", rf"{name}\(\s{{0,8}}+[^,\n]{{1,200}}+,{_FIRST}{_SECOND}", "password")
        for name in ("getConnection", "new PDO", "mysqli", "_connect", "sql.connect", "SQLdb.connect")
    ),
    *(
        (
            f"{name}(",
            rf"{name}\(\s{{0,4}}+b?[\"'`][\w.@+-]{{1,100}}+:(?P<secret>[^\"'`\s$]{{6,200}}+)[\"'`]",
            "password",
        )
        for name in ("btoa", "b64encode")
    ),
    ("Fernet(", r"Fernet\(\s{0,8}+b?[\"'](?P<secret>[A-Za-z0-9_-]{43}=)", "any"),
    (
        "jwt.",
        r"jwt\.(?:en|de)code\([^\n]{1,160}?,\s{0,8}+(?:key=)?b?[\"'](?P<secret>[^\"'\n\x00]{8,200}+)[\"']\s{0,4}+[,)]",
        "made up",
    ),
    (
        "jwt.",
        r"jwt\.(?:sign|verify)\([^\n]{1,160}?,\s{0,8}+[\"'`](?P<secret>[^\"'`\n\x00]{8,200}+)[\"'`]\s{0,4}+[,)]",
        "made up",
    ),
    (".new(", rf"\.new\({_MADE_BY}b?[\"'](?P<secret>[^\"'\n\x00]{{16,200}}+)[\"']", "random"),
    (
        "redentials",
        (
            r"redentials[\"']?\s{0,4}+[:=]\s{0,4}+[\[(]\s{0,4}+[\"']?[\w.@+-]{1,100}+[\"']?\s{0,4}+,\s{0,4}+"
            r"[\"'](?P<secret>[^\"'\n\x00]{6,200}+)[\"']\s{0,4}+[\])]"
        ),
        "password",
    ),
)

_QUOTED = r"[\"']?(?P<secret>[^\s\"'$]{4,200}+)"
# A command, and the option for its password.
COMMANDS = (
    (
        "curl",
        r"\s(?:-[a-zA-Z]{0,6}u|--(?:proxy-)?user)[\s=]{0,2}+[\"']?[^\s:\"'$]{1,100}+:(?P<secret>[^\s\"'$]{4,200}+)",
    ),
    ("mysql", r"\s-p(?P<secret>[^\s\"'$]{6,200}+)"),
    ("sshpass", rf"\s-p\s{{0,2}}+{_QUOTED}"),
    # For a container, -p publishes a port: exclude anything that looks like a port.
    ("mongo", rf"\s-p\s{{1,2}}+(?!\S{{0,80}}:[0-9]{{2,5}}\b){_QUOTED}"),
    ("docker login", rf"\s-p\s{{1,2}}+(?!\S{{0,80}}:[0-9]{{2,5}}\b){_QUOTED}"),
    *((command, rf"\s-P\s{{0,2}}+{_QUOTED}") for command in ("sqlcmd", "bcp ", "zip ")),
    ("7z ", r"\s-p[\"']?(?P<secret>[^\s\"'$]{6,200}+)"),
    ("psexec", rf"\s-p\s{{1,2}}+{_QUOTED}"),
    ("smbclient", r"\s-U\s{0,2}+[\"']?[^\s%\"'$]{1,100}+%(?P<secret>[^\s\"'$]{4,200}+)"),
    ("net use", r"/user:\S{1,100}+\s{1,4}+(?P<secret>[^\s/\"'$*][^\s\"'$]{5,200}+)"),
    ("net user", r"\s(?P<secret>[^\s/\"'$*][^\s\"'$]{5,200}+)\s{1,4}+/add\b"),
    ("sqlplus", r"\s[\w.]{1,60}+/(?P<secret>[^\s@/\"'$]{4,64}+)@"),
    ("openssl enc", rf"\s-k\s{{1,2}}+{_QUOTED}"),
    ("gh secret set", rf"\s(?:-b|--body)[\s=]{{0,2}}+{_QUOTED}"),
    (
        "aws configure set",
        r"\s[\w.-]{0,60}aws_(?:secret_access_key|session_token)\s{1,4}+[\"']?(?P<secret>[A-Za-z0-9/+=]{30,2000}+)",
    ),
    (
        "echo ",
        (
            r"\s[\"']?[\w.-]{1,40}+:(?P<secret>[^\s\"'$|]{4,200}+)[\"']?\s{0,4}+\|\s{0,4}+(?:sudo\s{1,4}+)?"
            r"chpasswd"
        ),
    ),
    ("redis-cli", rf"\s-a\s{{1,2}}+{_QUOTED}"),
    *(
        (f"ldap{verb}", rf"\s-w\s{{0,2}}+{_QUOTED}")
        for verb in ("search", "add", "modify", "delete", "whoami", "passwd")
    ),
    (
        "htpasswd",
        rf"\s-[a-zA-Z]{{0,4}}b[a-zA-Z]{{0,4}}\s{{1,4}}+(?:\S{{1,200}}+\s{{1,4}}+){{1,2}}{_QUOTED}(?=\s{{0,4}}(?:$|[|;&\n]))",
    ),
    *(
        (http, r"\s(?:-a|--auth)[\s=]{1,2}+[\"']?[^\s:\"'$]{1,100}+:(?P<secret>[^\s\"'$]{4,200}+)")
        for http in ("http ", "https ")
    ),
)

_INSERT = re.compile(
    r"(?:insert|INSERT|Insert)\s{1,4}+(?i:into)\s{1,4}+[\w.\"`\[\]]{1,120}+\s{0,4}+\((?P<columns>[^()\x00]{1,2000}+)\)\s{1,8}+(?i:values)\s{0,8}+",
)
_ROW = re.compile(
    r"\s{0,40}+,?\s{0,40}+\((?P<row>(?:'(?:[^'\x00]|''){0,2000}+'|[^'()\x00]{1,200}+|\([^'()]{0,200}+\)){0,64}+)\)"
)
_FIELD = re.compile(
    r"\s{0,8}+(?:'(?P<value>(?:[^']|''){0,2000}+)'|(?:\([^()]{0,200}+\)|[^,'(]){1,400}+)\s{0,8}+,?"
)


def find_inserted(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each string that an SQL INSERT writes: its column's name, and where the value starts and ends."""
    at = 0
    while statement := _INSERT.search(text, at):
        columns = [name.strip(' \t\r\n"`[]') for name in statement["columns"].split(",")]
        at = statement.end()
        while row := _ROW.match(text, at):
            at = row.end()
            fields = _FIELD.finditer(text, row.start("row"), row.end("row"))
            for column, field in zip(columns, fields, strict=False):
                if field["value"]:
                    yield column, field.start("value"), field.end("value")
