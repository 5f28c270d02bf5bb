"""Settings."""

MODEL_ID = "amazon.nova-lite-v1:0"
GUARDRAIL_ID = "gr4tenants01"
GUARDRAIL_VERSION = "DRAFT"
DESK = "Please call the desk: extension 100."
