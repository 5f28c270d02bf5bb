"""Files that are small, and cost a parser much: what each is, and the name that makes Sensei parse it."""

import json
from collections.abc import Callable

SIZE = 200_000
# What makes the rules of the shipped packs look at the rest of a file.
CALL = "import anthropic\nclient = anthropic.Anthropic()\nclient.messages.create(model=M, tools=T)\n"
CALL_JS = """import Anthropic from "@anthropic-ai/sdk";
const c = new Anthropic();
c.messages.create({ model: M });
"""


def _repeated(text: str, size: int = SIZE) -> str:
    return text * (size // len(text))


def _notebook(*sources: object, **metadata: object) -> str:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": metadata}, ensure_ascii=False)


def _package(*names: str) -> str:
    return json.dumps({"dependencies": dict.fromkeys(names, "1")})


def _deep(opening: str, closing: str, times: int) -> str:
    return opening * times + closing * times


BOMBS: dict[str, tuple[str, Callable[[], str]]] = {
    # Dependency files
    "a key of 100,000 parts": ("b01/pyproject.toml", lambda: "a" + _repeated(".a") + " = 1\n"),
    "a table of 100,000 parts": ("b02/pyproject.toml", lambda: "[" + _repeated("a.") + "a]\n"),
    "a thousand keys of 60 parts": (
        "b03/pyproject.toml",
        lambda: "".join(f"k{n}{'.a' * 60} = 1\n" for n in range(1000)),
    ),
    "tables in tables in one line": ("b04/pyproject.toml", lambda: "x = " + _deep("{a = ", "}", 30_000)),
    "arrays in arrays": ("b05/Pipfile", lambda: "x = " + _deep("[", "]", 90_000)),
    "38,000 packages": ("b06/package.json", lambda: _package(*(f"d{n}" for n in range(38_000)))),
    "packages whose names are nowhere": (
        "b07/package.json",
        lambda: _package(*(f"é{n}" for n in range(15_000))),
    ),
    "a package with a name of 400 kB": ("b08/package.json", lambda: _package("a" * 400_000)),
    "a package of 200,000 dots": ("b09/package.json", lambda: _package(_repeated("a."))),
    "JSON nested 100,000 times": ("b10/package.json", lambda: _repeated("[")),
    "requirements in one word": ("b11/requirements.txt", lambda: _repeated("a-") + "\n"),
    "a setup.py of quotes": ("b12/setup.py", lambda: _repeated('"a ')),
    "a module path of 100,000 parts": ("b13/go.mod", lambda: "require " + _repeated("a/") + " v1\n"),
    "dependencies that never end": ("b14/pom.xml", lambda: _repeated("<dependency>" + " " * 150)),
    "a Gradle file of colons": ("b15/build.gradle", lambda: '"' + _repeated("a:")),
    "a Conda file of dashes": ("b16/environment.yml", lambda: _repeated("- -") + "\n"),
    "a number of 5,000 digits": ("b44/pyproject.toml", lambda: "[tool.x]\nn = " + "9" * 5000 + "\n"),
    "a version of 5,000 digits": ("b45/package.json", lambda: '{"n": ' + "9" * 5000 + "}"),
    "a notebook of format 9…9": ("b46.ipynb", lambda: '{"nbformat": ' + "9" * 5000 + ', "cells": []}'),
    # YAML
    "flow lists nested 100,000 times": ("b17.yaml", lambda: _repeated("[")),
    "block lists nested in one line": ("b18.yaml", lambda: _repeated("- ") + "a\n"),
    "block lists nested by columns": ("b19.yaml", lambda: "".join(" " * n + "-\n" for n in range(600))),
    "aliases of aliases": (
        "b20.yaml",
        lambda: (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60))
        ),
    ),
    "a key of 200 kB": ("b21.yaml", lambda: _repeated("a ") + ": 1\n"),
    # Notebooks
    "2,500 cells": ("b22.ipynb", lambda: _notebook(*["x = 1\n"] * 2500)),
    "30,000 lines beyond ASCII": ("b23.ipynb", lambda: _notebook(["é\n"] * 30_000)),
    "a cell of escapes": ("b24.ipynb", lambda: _notebook("\n" * 90_000)),
    "a notebook nested 300 times": ("b25.ipynb", lambda: '{"cells": ' + _deep("[", "]", 300) + "}"),
    "a notebook whose string never ends": ("b26.ipynb", lambda: '{"cells": ["' + _repeated('\\"')),
    # Source in five languages
    "brackets 100,000 deep": ("b27.py", lambda: CALL + "x = " + _repeated("(\n")),
    "a sum of 50,000 terms": ("b28.py", lambda: CALL + "x = 1" + _repeated(" + 1") + "\n"),
    "blocks by indentation": ("b29.py", lambda: CALL + "".join(" " * n + "if a:\n" for n in range(600))),
    "a line of 400 kB": ("b30.py", lambda: CALL + "x = '" + "a b " * 100_000 + "'\n"),
    "functions that return functions": ("b31.js", lambda: CALL_JS + "x = " + _repeated("a =>\n") + "a;\n"),
    "types of types": ("b32.ts", lambda: CALL_JS + "let x: " + _repeated("A<\n") + ";\n"),
    "signs before a number": (
        "b33.go",
        lambda: 'package a\nimport "github.com/openai/openai-go"\nvar x = ' + _repeated("- ") + "1\n",
    ),
    "a chain of 20,000 calls": (
        "b34.java",
        lambda: "import com.openai.client.OpenAIClient;\nclass A { B x = a" + _repeated("\n.b()") + "; }\n",
    ),
    "imports that never end": ("b35.py", lambda: _repeated("from a import (\n")),
    "attributes of attributes": ("b40.py", lambda: CALL + "x = a" + _repeated("\\\n.a") + "\n"),
    "alternatives of alternatives": ("b41.py", lambda: CALL + "if a: b\n" + _repeated("elif a: b\n")),
    "conditions in conditions": ("b42.js", lambda: CALL_JS + "x = " + _repeated("a ?\n b :\n") + "c;\n"),
    "nots of nots": ("b43.py", lambda: CALL + "x = " + _repeated("not ") + "a\n"),
    "continued lines": ("b47.py", lambda: CALL + _repeated("\\\n") + "x\n"),
    "continued lines in a script": ("b48", lambda: "#!/bin/python3\n" + CALL + _repeated("\\\n ") + "x\n"),
    "comments": ("b49.py", lambda: CALL + _repeated(" #\n") + "x\n"),
    "comments, and gaps between them": ("b50.py", lambda: CALL + _repeated("#\n\n\\\n") + "x\n"),
    "a cell of continued lines": ("b51.ipynb", lambda: _notebook(CALL, _repeated("\\\n") + "x\n")),
    "cells that never end": ("b52.ipynb", lambda: _notebook(CALL, *["f(\n"] * 2500)),
    "measured lines": ("b53.ipynb", lambda: _notebook(["%time -x x\n"] * 12_000)),
    "an answer in 6,000 variables": (
        "b54.py",
        lambda: (
            "import openai\nx0 = client.responses.create(input=q).output_text\n"
            + "".join(f"x{n} = x{n - 1} + x0\nif x{n} in x0: pass\n" for n in range(1, 6000))
            + "eval(x0)\n"
        ),
    ),
    # Secrets, and what looks like their beginning
    "beginnings of keys": ("b36.txt", lambda: _repeated("AK" + "IA")),
    "beginnings of private keys": ("b37.txt", lambda: _repeated("-----BEGIN PRIV" + "ATE KEY-----\n")),
    "names of secrets without a value": ("b38.txt", lambda: _repeated("api_key_")),
    # Names
    "a name of 250 characters, in folders": (
        "/".join(["requirements" * 20] * 8) + "/b39.py",
        lambda: "x = 1\n",
    ),
}

# What only limits stop: gigabytes, and half a minute for each name.
QUOTED_KEY = b"x = 1\n" + b'"a"' + b'."a"' * 50_000 + b" = 1\n"
COSTLY_PATTERNS = b"".join(b"*a*a*a%d\n" % n for n in range(1000))
LONG_NAMES = {f"{'a' * 90}/{'a' * 200}/{'a' * 90}{n}": b"x\n" for n in range(40)}
