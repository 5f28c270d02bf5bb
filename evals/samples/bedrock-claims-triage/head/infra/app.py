#!/usr/bin/env python3
"""Entry point of the CDK application."""

import aws_cdk as cdk

from triage_stack import TriageStack

app = cdk.App()
TriageStack(app, "ClaimsTriage", env=cdk.Environment(region="eu-central-1"))
app.synth()
