from typing import Any

import anthropic
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.model.schema_conformity import find_misfit

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([0.5, 1.0, "a", "b"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=8,
)
LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.sampled_from(["string", "integer", "number", "boolean", "null"]).map(lambda name: {"type": name}),
    st.lists(SCALARS, min_size=1, max_size=3).map(lambda values: {"enum": values}),
    SCALARS.map(lambda value: {"const": value}),
    st.just({"$ref": "#/$defs/d"}),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda items, least: {"type": "array", "items": items, "minItems": least},
            inner,
            st.integers(0, 1),
        ),
        st.builds(
            lambda properties, required: {"type": "object", "properties": properties, "required": required},
            st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
            st.lists(st.sampled_from("xyz"), unique=True, max_size=2),
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda forms: {"anyOf": forms}),
        st.lists(inner, min_size=1, max_size=2).map(lambda forms: {"allOf": forms}),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(SCHEMAS, VALUES)
def test_it_judges_as_jsonschema_does(schema: dict[str, Any], value: Any) -> None:
    sent = anthropic.transform_schema({**schema, "$defs": {"d": {"type": "string"}}})
    assert (find_misfit(value, sent) == "") == jsonschema.Draft202012Validator(sent).is_valid(value)


def test_a_keyword_that_it_does_not_know_is_a_bug_and_not_ignored() -> None:
    with pytest.raises(ValueError, match="patternProperties"):
        find_misfit({}, {"type": "object", "patternProperties": {}})
