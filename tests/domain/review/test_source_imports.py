import pytest

from bot.domain.review.source_imports import imported_modules


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import shop", True),
        ("import os, shop", True),
        ("import os as o, shop.orders as s", True),
        ("    import shop", True),
        ("from shop import Client", True),
        ("from shop.orders import Client", True),
        ("import shopping", False),
        ("from shopping import Client", False),
        ("# import shop", False),
        ("x = 'shop'", False),
        ("from .shop import Client", False),
    ],
)
def test_an_import_is_told_from_a_mention(line: str, expected: bool) -> None:
    assert ("shop" in imported_modules(f"x = 1\n{line}\n", "python")) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from google import adk", True),
        ("from google import genai, adk", True),
        ("from google import (\n    genai,\n    adk,\n)", True),
        ("from google.adk.agents import LlmAgent", True),
        ("import google.adk", True),
        ("from google import genai", False),
        ("import google.adkx", False),
    ],
)
def test_a_package_below_a_namespace_is_found_in_every_way_it_can_be_imported(
    line: str, expected: bool
) -> None:
    assert ("google.adk" in imported_modules(line, "python")) is expected


SCRIPT = [
    "import A from '@shop/sdk'",
    'import { a } from "@shop/sdk/deep"',
    'const a = require("@shop/sdk")',
    "await import(`@shop/sdk`)",
    "export * from '@shop/sdk'",
    "import '@shop/sdk'",
    "} from '@shop/sdk';",
]


@pytest.mark.parametrize("line", SCRIPT)
@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_a_script_imports_in_many_ways(language: str, line: str) -> None:
    assert "@shop/sdk" in imported_modules(f"{line}\n", language)


@pytest.mark.parametrize("line", ["const a = '@shop/sdk'", "import A from '@shop/sdk2'", "from: '@shop/sdk'"])
def test_a_script_that_mentions_a_module_does_not_import_it(line: str) -> None:
    assert "@shop/sdk" not in imported_modules(f"{line}\n", "typescript")


@pytest.mark.parametrize(
    ("language", "line", "module", "expected"),
    [
        ("go", 'import "example.com/shop"', "example.com/shop", True),
        ("go", 'import (\n\t"fmt"\n\ts "example.com/shop/v3/client"\n)', "example.com/shop", True),
        ("go", 'import (\n\t_ "example.com/shopping"\n)', "example.com/shop", False),
        ("go", 'x := get("example.com/shop")', "example.com/shop", False),
        ("java", "import com.shop.Client;", "com.shop", True),
        ("java", "import static com.shop.Client.open;", "com.shop.Client", True),
        ("java", "import com.shop.*;", "com.shop", True),
        ("java", "import com.shopping.Client;", "com.shop", False),
        ("hcl", 'import "shop"', "shop", False),
    ],
)
def test_go_and_java_import_what_they_name_and_all_above_it(
    language: str, line: str, module: str, expected: bool
) -> None:
    assert (module in imported_modules(line, language)) is expected


def test_a_comment_between_names_hides_none() -> None:
    assert "google.adk" in imported_modules(
        "from google import (\n    genai,  # the client\n    adk,\n)\n", "python"
    )


def test_a_script_imports_nothing_in_its_comments() -> None:
    text = """
// for instance, from "openai/gpt-4o"
/* import x from "a";
 * import y from "b";
 */
import { z } from "c"; // and from "d"
const address = "https://example.com"; import e from "e";
"""
    assert imported_modules(text, "typescript") == {"c", "e"}
