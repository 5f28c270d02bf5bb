"""Settings."""

MODEL_ID = "amazon.nova-lite-v1:0"
DESK = "Please call the desk: extension 100."
