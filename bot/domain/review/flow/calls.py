"""What calls do with a text: pass it on, make it safe, or measure it."""

import re

# Names that promise a safe result. Sensei does not check how they keep it.
CLEANING = re.compile(
    r"(?i)(escap|saniti|purif|clean|(^|[._])quote|strip_?tags|bleach|redact|allow_?list|(^|[._])valid|ensure_?safe|safe_?(path|join|html|name|join)|secure_?filename|basename|slugif|quote_?ident|to_?int|parse_?int|hash|digest|encodeuri)"
)
# A replacement that only leaves some characters, or that replaces those with a meaning.
CLEANING_TEXT = re.compile(
    r"(sub|replace|replaceAll|replaceFirst)\([\s\S]{0,80}(\[\^|&lt;|&amp;|\\W|[\"`]''[\"`]|\\'\\'|\"'\")"
)
# Statements that stop unless a value is as it has to be.
CHECKING = re.compile(
    r"(?i)(check|valid|assert|ensure|verif|guard|require|confirm|approv|allow|safe|enforce|policy|relative_to)"
)
MEASURING = re.compile(
    r"(^|\.)(is\w*|has\w*|length|len|size|count|index\w*|indexOf|equals\w*|contains|includes|startsWith|endsWith|startswith"
    r"|endswith|hashCode|compareTo|test|some|every|ordinal|matches|bit_length|asInt|intValue|asBoolean|asDouble|getInt|optInt|getAsInt)$"
)
# Methods that put a text into something that then contains it.
ADDING = re.compile(r"\.(append|push|add|extend|insert|unshift|addAll|put|update|concat|offer|addLast)$")
FILLING = re.compile(
    r"\.(format|formatted|join|concat|replace|replaceAll|substitute|safe_substitute|format_map|append|partial)$"
)
MAPPING = re.compile(r"\.(map|flatMap|then|flat_map|thenApply|thenCompose|handle|mapToObj|reduce)$")
# Functions by name that turn a text into a number, an identifier, or one of a few values.
CONVERTING = re.compile(
    r"^(Number|parseInt|parseFloat|BigInt|Boolean|(Integer|Long|Double|Short)::\w+|UUID::\w+|[A-Z]\w*::valueOf)$"
)
KEEPING = re.compile(r"\.(filter|find|takeWhile|findFirst|findLast|findAny)$")
PARSING = re.compile(
    r"(?i)(parse|loads?$|literal_eval|readTree|readValue|fromJson|JSONObject|safe_load|model_validate|repair)"
)
# A regular expression with one of these can match any text.
ANYTHING = re.compile(r"\.\*|\.\+|\\s\\S|\\S\\s|\\S\+|\[\^|\\d\\D|[\"'/]\s*```|`{3}")
# What a model's answer says about itself, before anything in it was parsed.
ABOUT = frozenset(
    [
        "usage",
        "id",
        "model",
        "stop_reason",
        "stopReason",
        "finish_reason",
        "finishReason",
        "created",
        "role",
        "type",
        "index",
        "length",
        "tool_call_id",
        "toolCallId",
        "request_id",
    ]
)
SETTER = re.compile(r"^set[A-Z]\w*$")
# Fields in which libraries already parsed the model's answer.
PARSED = frozenset({"input", "args", "arguments", "object", "experimental_output", "parsed", "output_parsed"})
# Those that hold an object of a class, and that hold a text or such an object.
PARSED_INTO_CLASS = frozenset({"parsed", "output_parsed"})
OUTPUTS = frozenset({"output", "final_output"})
# With the library `instructor`, the answer is an object of the class.
RESPONSE_TYPE = re.compile(r"\bresponse_model\s*=\s*[A-Z]\w*")
# Calls that parse into a class. What its fields can hold is known only if this file declares them.
TYPING = re.compile(r"\.(model_validate(_json|_strings)?|parse_raw|parse_obj|validate_(python|json))$")
TYPED = re.compile(r"[(,]\s*(?!String\b|Map\b|List\b|Object\b|JsonNode\b)\w+\.class\s*\)$")
