#!/bin/sh
# Asks one question after a release. Exit status 0: an answer came.
set -eu
export OPENAI_API_KEY=@@SAMPLE_OPENAI_KEY@@

python - <<'PYTHON'
from openai import OpenAI

from hours.answer import answer

print(answer("Are you open on Sunday?", OpenAI()))
PYTHON
