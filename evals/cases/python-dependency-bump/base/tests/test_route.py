import httpx

from router.route import route
from tests.classifier import app


def test_a_ticket_about_an_invoice_goes_to_billing():
    with httpx.Client(app=app, base_url="http://classifier") as http:
        assert route("The invoice is wrong", http) == "billing"
