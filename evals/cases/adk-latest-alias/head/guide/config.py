"""Settings of the guide."""

MODEL = "gemini-flash-latest"
MAX_LLM_CALLS = 8
LANGUAGES = ("en", "de", "fr", "it")
