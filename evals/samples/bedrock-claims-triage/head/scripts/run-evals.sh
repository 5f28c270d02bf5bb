#!/bin/sh
# Run the evals from a laptop, against the sandbox account. The secret half is in the team's password store.
set -eu
export AWS_REGION=eu-central-1
export AWS_ACCESS_KEY_ID=@@SAMPLE_AWS_KEY_ID@@
export AWS_SECRET_ACCESS_KEY="$(pass show claims/sandbox-evals)"
export AUDIT_TABLE=claims-triage-audit-sandbox
exec python -m evals.run
