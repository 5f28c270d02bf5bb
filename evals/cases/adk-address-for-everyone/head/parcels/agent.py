"""The agent that arranges deliveries."""

from google.adk.agents import LlmAgent

from parcels.tools import book_delivery, set_address

root_agent = LlmAgent(
    name="parcels",
    model="gemini-2.5-flash",
    instruction=(
        "Arrange a delivery for the customer's parcel. Ask for the day. The last address was {app:address?}; "
        "ask whether it still holds, or for the address if there is none. "
        "Read both back before you book."
    ),
    tools=[set_address, book_delivery],
)
