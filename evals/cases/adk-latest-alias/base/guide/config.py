"""Settings of the guide."""

MODEL = "gemini-2.5-flash"
MAX_LLM_CALLS = 8
LANGUAGES = ("en", "de", "fr")
