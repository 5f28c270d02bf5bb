from google.adk.tools import FunctionTool

from hire.agent import root_agent


def test_a_fee_is_charged_only_after_the_desk_has_confirmed_it():
    (tool,) = (tool for tool in root_agent.tools if isinstance(tool, FunctionTool))
    assert tool._require_confirmation
