"""The batch contract of the handler."""

from claims_triage import handler


def test_a_message_that_is_no_claim_comes_back_alone() -> None:
    event = {"Records": [{"messageId": "1", "body": "{}"}]}
    assert handler.handle(event, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
