"""The assistant of the shop."""

from google.adk.agents import LlmAgent

from shop.orders import order_of
from shop.refunds import hand_over, refund

root_agent = LlmAgent(
    name="shop",
    model="gemini-2.5-flash",
    instruction="Help customers with their order. Refund up to 200 EUR; hand more over to the desk.",
    tools=[order_of, refund, hand_over],
)
