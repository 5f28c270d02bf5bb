import json
from typing import Any

import pytest

from bot.domain.review.stack_detection import StackDetector
from bot.domain.rubrics.rubric import Pack
from tests.domain.rubric_builders import check

DETECT = {
    "imports": {
        "python": ["shop.sdk"],
        "typescript": ["@shop/sdk"],
        "go": ["example.com/shop"],
        "java": ["com.shop"],
    },
    "contains": ["shop-runtime"],
    "dependencies": {"python": ["shop-sdk"], "npm": ["@shop/sdk"]},
    "infrastructure": ["AWS::Shop::"],
    "files": ["SHOP.md", ".shop/"],
}


def pack(detect: dict[str, Any], name: str = "shop") -> Pack:
    return Pack.model_validate(
        {
            "schema": "dojo.stack/v1",
            "id": name,
            "version": "1.0.0",
            "title": "Shop",
            "languages": ["python"],
            "detect": detect,
            "criteria": {"speed": {"checks": [check(f"{name}.1")]}},
        }
    )


DETECTOR = StackDetector([pack(DETECT), pack({}, "silent")])
NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "source": ["x = 1\n", "from shop import sdk"]}]}, indent=1
)


@pytest.mark.parametrize(
    ("path", "text", "kind", "what", "line"),
    [
        ("a.py", "x = 1\nfrom shop import sdk\n", "import", "shop.sdk", 2),
        ("a.py", "from shop import (\n    a,\n    sdk,\n)\n", "import", "shop.sdk", 3),
        ("web/a.jsx", "import {A} from '@shop/sdk'\n", "import", "@shop/sdk", 1),
        ("a.go", 'import (\n\t"example.com/shop/v2/api"\n)\n', "import", "example.com/shop", 2),
        ("A.java", "package a;\nimport com.shop.Client;\n", "import", "com.shop", 2),
        ("a.py", "x = client('shop-runtime')\n", "code", "shop-runtime", 1),
        ("web/package.json", '{"dependencies": {\n"@shop/sdk": "1"}}', "dependency", "@shop/sdk", 2),
        (
            "infra/main.yaml",
            "Resources:\n  A:\n    Type: AWS::Shop::Desk\n",
            "infrastructure",
            "AWS::Shop::",
            3,
        ),
        ("docs/SHOP.md", "read me", "file", "SHOP.md", 1),
        ("app/.shop/settings.json", "{}", "file", "settings.json", 1),
        ("note.ipynb", NOTEBOOK, "import", "shop.sdk", 7),
    ],
)
def test_a_stack_shows_and_where(path: str, text: str, kind: str, what: str, line: int) -> None:
    (trace,) = DETECTOR.find_traces(path, text)
    assert (trace.stack, trace.kind, trace.what, trace.line) == ("shop", kind, what, line)
    assert trace.path == path
    assert trace.folder == (path.partition("/")[0] if "/" in path else "")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "import shop\n# shop.sdk\n"),
        ("README.md", "shop-runtime, AWS::Shop::Desk, import shop.sdk"),
        ("package.json", '{"keywords": ["@shop/sdk", "shop-runtime", "AWS::Shop::"]}'),
        ("infra/main.yaml", "shop-runtime"),
        ("a.py", "x = 'AWS::Shop::Desk'"),
        ("a.yaml", "import shop.sdk"),
    ],
)
def test_a_mention_shows_no_stack(path: str, text: str) -> None:
    assert list(DETECTOR.find_traces(path, text)) == []
