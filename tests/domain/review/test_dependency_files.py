import pytest

from bot.domain.review.dependency_files import (
    find_manifests_above,
    is_manifest,
    read_dependencies,
    why_too_deep_to_parse,
)

PYPROJECT = """
[project]
name = "openai-desk"
keywords = ["openai"]
dependencies = ["Shop_SDK[fast]>=2", "other"]
[project.optional-dependencies]
web = ["flask; python_version > '3.11'"]
[dependency-groups]
dev = ["pytest", {include-group = "web"}]
[tool.poetry.dependencies]
python = "^3.11"
httpx = {version = "*", optional = true}
[tool.poetry.group.lint.dependencies]
ruff = "*"
"""
PACKAGE = """{
  "name": "openai",
  "keywords": ["anthropic"],
  "scripts": {"openai": "x"},
  "dependencies": {"@shop/sdk": "^1", "left": "2"},
  "devDependencies": {"vitest": "*"}
}
"""
GO = """module example.com/desk

require example.com/single v1.0.0

require (
\texample.com/shop/v3 v3.1.0
\texample.com/brought v0.1.0 // indirect
)

replace example.com/shop/v3 => ../shop
"""
POM = """<project>
  <groupId>com.shop</groupId>
  <artifactId>desk</artifactId>
  <dependencies>
    <dependency>
      <groupId>com.shop</groupId>
      <artifactId>shop-java</artifactId>
    </dependency>
  </dependencies>
</project>
"""
FILES = {
    "requirements.txt": (
        "# openai\nShop.SDK[fast]>=2  # x\n-r a.txt\n  httpx\nshop @ git+https://x/y\n",
        "shop-sdk httpx shop",
    ),
    "requirements/dev.in": ("shop==1\n", "shop"),
    "app/dev-requirements.txt": ("shop\n", "shop"),
    "pyproject.toml": (PYPROJECT, "shop-sdk other flask pytest python httpx ruff"),
    "Pipfile": ('[packages]\nshop = "*"\n[dev-packages]\nruff = "*"\n', "shop ruff"),
    "setup.cfg": ("[options]\ninstall_requires =\n    shop>=2\n", "shop"),
    "setup.py": ("setup(install_requires=['shop>=2', \"other\"])\n", "shop other"),
    "environment.yml": ("dependencies:\n  - shop=2\n  - pip:\n    - other\n", "shop other"),
    "web/package.json": (PACKAGE, "@shop/sdk left vitest"),
    "go.mod": (GO, "example.com/single example.com/shop"),
    "pom.xml": (POM, "com.shop:shop-java"),
    "build.gradle.kts": ('dependencies { implementation("com.shop:shop-java:1.0")\n }', "com.shop:shop-java"),
    "gradle/libs.versions.toml": (
        'shop = { module = "com.shop:shop-java", version = "1" }',
        "com.shop:shop-java",
    ),
}


@pytest.mark.parametrize("path", FILES)
def test_a_dependency_file_names_what_it_asks_for_directly(path: str) -> None:
    text, expected = FILES[path]
    found = list(read_dependencies(path, text))
    assert is_manifest(path)
    assert expected.split() == [one.name for one in found if one.name in expected.split()]
    assert {one.name for one in found} - set(expected.split()) <= {"install-requires"}
    for one in found:
        assert (
            text[one.offset :]
            .lower()
            .replace("_", "-")
            .replace(".", "-")[:4]
            .startswith(one.name[:3].replace(".", "-"))
        )


@pytest.mark.parametrize("path", ["package.json", "pyproject.toml", "go.mod", "pom.xml", "Pipfile"])
@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2]", "[[[[", "\x00", '{"dependencies": ["a"]}', "[" * 100_000, "n = " + "9" * 5000]
)
def test_a_broken_file_names_nothing_and_breaks_nothing(path: str, text: str) -> None:
    assert list(read_dependencies(path, text)) == []


def test_only_what_lies_beside_or_above_a_change_says_something_of_it() -> None:
    tree = ["pom.xml", "a/go.mod", "a/b/package.json", "c/requirements.txt", "a/b/x.py"]
    assert find_manifests_above(["a/b/x.py"], tree) == ["pom.xml", "a/go.mod", "a/b/package.json"]


def test_a_name_is_found_where_it_stands_alone_or_before_a_version() -> None:
    text = '{"pad": "left-pad", "from": "shop@1",\n"dependencies": {"shop": "1", "left": "2", "@a/b": "3"}}'
    places = {each.name: each.offset for each in read_dependencies("package.json", text)}
    assert places == {
        "shop": text.index("shop@1"),
        "left": text.index('"left"') + 1,
        "@a/b": text.index("@a/b"),
    }


@pytest.mark.parametrize(
    "line", ["a" + ".a" * 100 + " = 1", "[" + "a." * 100 + "a]", "x = {" + "a . " * 100 + "a = 1}"]
)
def test_a_key_of_a_hundred_parts_is_not_parsed(line: str) -> None:
    assert why_too_deep_to_parse("pyproject.toml", f"[project]\n{line}\n")
    assert why_too_deep_to_parse("setup.cfg", line) is None


@pytest.mark.parametrize(
    "line",
    [
        "# " + "." * 100,
        'description = "' + "One sentence. " * 100 + '"',
        "dependencies = [" + '"a>=1.2.3", ' * 100 + "]",
        "a.b.c = 1",
    ],
)
def test_dots_elsewhere_are_no_reason(line: str) -> None:
    assert why_too_deep_to_parse("pyproject.toml", line) is None
