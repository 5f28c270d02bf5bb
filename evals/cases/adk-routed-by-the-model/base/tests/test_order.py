from claims.agent import root_agent


def test_the_policy_is_checked_before_anything_is_paid():
    names = [agent.name for agent in root_agent.sub_agents]
    assert names.index("policy_check") < names.index("payout")
