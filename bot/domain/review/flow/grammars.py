"""How each language writes assignments, calls, members, strings and functions, as tree-sitter names them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Fields = Mapping[str, tuple[str, str]]
"""For each kind of node, the names of two of its fields."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The kinds of one language's syntax nodes, by what they do with a value.

    ``wrappers`` have the value of their parts; ``joining`` are the operators whose result contains both
    sides. ``carriers`` and ``searches`` are calls of the standard library that return a text they were given,
    or a part of it.
    """

    names: frozenset[str]
    members: Fields
    subscripts: Fields
    calls: Mapping[str, tuple[tuple[str, ...], str]]
    functions: frozenset[str]
    assignments: Fields
    augmented: frozenset[str]
    loops: Fields
    wrappers: frozenset[str]
    lists: frozenset[str]
    objects: frozenset[str]
    pairs: Fields
    strings: frozenset[str]
    binaries: frozenset[str]
    conditionals: frozenset[str]
    exits: frozenset[str]
    joining: frozenset[str]
    carriers: re.Pattern[str]
    searches: re.Pattern[str]


_PYTHON = Grammar(
    names=frozenset({"identifier"}),
    members={"attribute": ("object", "attribute")},
    subscripts={"subscript": ("value", "subscript")},
    calls={"call": (("function",), "arguments")},
    functions=frozenset({"function_definition", "lambda"}),
    assignments={"assignment": ("left", "right"), "named_expression": ("name", "value")},
    augmented=frozenset({"augmented_assignment"}),
    loops={"for_statement": ("left", "right"), "for_in_clause": ("left", "right")},
    wrappers=frozenset(
        {
            "await",
            "parenthesized_expression",
            "list_splat",
            "dictionary_splat",
            "expression_list",
            "concatenated_string",
            "yield",
        }
    ),
    lists=frozenset({"list", "tuple", "set"}),
    objects=frozenset({"dictionary"}),
    pairs={"pair": ("key", "value")},
    strings=frozenset({"string"}),
    binaries=frozenset({"binary_operator", "boolean_operator", "comparison_operator"}),
    conditionals=frozenset({"conditional_expression"}),
    exits=frozenset({"return_statement", "raise_statement", "continue_statement", "break_statement"}),
    joining=frozenset({"+", "%", "/", "or", "and"}),
    carriers=re.compile(
        r"^(str|list|tuple|dict|set|iter|next|sorted|reversed|enumerate|zip|filter|aiter|anext|vars|getattr"
        r"|(json|ast|yaml|orjson|simplejson|json_repair|json5|tomllib)\.(loads?|safe_load|literal_eval|parse_raw|repair_json)"
        r"|asyncio\.(run|wait_for|gather|to_thread)|(\w+\.)*run_until_complete|textwrap\.(dedent|indent)|copy\.(copy|deepcopy)"
        r"|shlex\.split|\w+\.model_validate(_json)?|\w+\.parse_raw|StringIO|io\.StringIO|Template|string\.Template|bytes)$"
        r"|\.(decode|encode)$"
    ),
    searches=re.compile(r"(^|\.)(search|match|fullmatch|findall|finditer|sub|split)$"),
)

_SCRIPT = Grammar(
    names=frozenset({"identifier", "this", "shorthand_property_identifier"}),
    members={"member_expression": ("object", "property")},
    subscripts={"subscript_expression": ("object", "index")},
    calls={
        "call_expression": (("function",), "arguments"),
        "new_expression": (("constructor",), "arguments"),
    },
    functions=frozenset(
        {
            "function_declaration",
            "function_expression",
            "arrow_function",
            "method_definition",
            "generator_function_declaration",
            "generator_function",
        }
    ),
    assignments={"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right")},
    augmented=frozenset({"augmented_assignment_expression"}),
    loops={"for_in_statement": ("left", "right")},
    wrappers=frozenset(
        {
            "await_expression",
            "parenthesized_expression",
            "as_expression",
            "satisfies_expression",
            "non_null_expression",
            "spread_element",
            "yield_expression",
            "template_substitution",
            "sequence_expression",
            "jsx_expression",
        }
    ),
    lists=frozenset({"array"}),
    objects=frozenset({"object"}),
    pairs={"pair": ("key", "value")},
    strings=frozenset({"template_string"}),
    binaries=frozenset({"binary_expression"}),
    conditionals=frozenset({"ternary_expression"}),
    exits=frozenset({"return_statement", "throw_statement", "continue_statement", "break_statement"}),
    joining=frozenset({"+", "??", "||", "&&"}),
    carriers=re.compile(
        r"^(String|JSON5?\.parse|JSON\.stringify|Array\.from|Object\.(values|entries|assign|fromEntries)|Promise\.(all|resolve|race)"
        r"|structuredClone|jsonrepair|decodeURIComponent|unescape|Buffer\.from|\w+Schema\.(parse|safeParse)|\w+\.parse)$"
    ),
    searches=re.compile(r"\.(match|matchAll|exec|replace|replaceAll|split)$"),
)

_JAVA = Grammar(
    names=frozenset({"identifier", "this"}),
    members={"field_access": ("object", "field")},
    subscripts={"array_access": ("array", "index")},
    calls={
        "method_invocation": (("object", "name"), "arguments"),
        "object_creation_expression": (("type",), "arguments"),
    },
    functions=frozenset({"method_declaration", "constructor_declaration", "lambda_expression"}),
    assignments={
        "variable_declarator": ("name", "value"),
        "assignment_expression": ("left", "right"),
        "resource": ("name", "value"),
    },
    augmented=frozenset(),
    loops={"enhanced_for_statement": ("name", "value")},
    wrappers=frozenset({"parenthesized_expression", "cast_expression", "array_creation_expression"}),
    lists=frozenset({"array_initializer"}),
    objects=frozenset(),
    pairs={},
    strings=frozenset(),
    binaries=frozenset({"binary_expression"}),
    conditionals=frozenset({"ternary_expression"}),
    exits=frozenset({"return_statement", "throw_statement", "continue_statement", "break_statement"}),
    joining=frozenset({"+"}),
    carriers=re.compile(
        r"^(String\.(valueOf|format|join)|new String|new StringBuilder|new StringBuffer"
        r"|Optional\.(of|ofNullable)|List\.of|Arrays\.asList"
        r"|Stream\.of|Objects\.(requireNonNull|requireNonNullElse|toString)|new ArrayList|Set\.of"
        r"|\w*([mM]apper|MAPPER|[gG]son|JSON)\.(readTree|readValue|fromJson)"
        r"|new JSONObject|new JsonObject|JsonParser\.parseString)$"
    ),
    searches=re.compile(r"\.(matcher|replaceAll|replaceFirst|split)$"),
)

GRAMMARS: Mapping[str, Grammar] = {
    "python": _PYTHON,
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "java": _JAVA,
}
"""The languages in which Sensei follows a value."""
