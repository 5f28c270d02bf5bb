"""The triage function, its queues and its permissions."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

QUEUES = ("fast-track", "standard", "specialist", "special-investigation")


class TriageStack(Stack):
    """One function that reads the intake queue and writes to one queue per team."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        intake = sqs.Queue(self, "Intake", visibility_timeout=Duration.minutes(3))
        function = lambda_.Function(
            self,
            "Triage",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="claims_triage.handler.handle",
            code=lambda_.Code.from_asset("../src"),
            timeout=Duration.seconds(30),
            memory_size=512,
        )
        function.add_environment("TRIAGE_MODEL", "on")
        function.add_environment("GUARDRAIL_ID", "gr4k2p9xw1qz")
        function.add_environment("KNOWLEDGE_BASE_ID", "KB7WQ2M4XT")
        function.add_to_role_policy(
            iam.PolicyStatement(
                sid="CallModels",
                actions=["bedrock:InvokeModel", "bedrock:ApplyGuardrail"],
                resources=["*"],
            )
        )
        function.add_to_role_policy(
            iam.PolicyStatement(
                sid="ReadWordings",
                actions=["bedrock:Retrieve"],
                resources=[f"arn:aws:bedrock:eu-central-1:{self.account}:knowledge-base/KB7WQ2M4XT"],
            )
        )

        audit = dynamodb.Table(
            self,
            "Audit",
            partition_key=dynamodb.Attribute(name="claim_id", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="decided_at", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            removal_policy=RemovalPolicy.RETAIN,
        )
        audit.grant(function, "dynamodb:PutItem")
        function.add_environment("AUDIT_TABLE", audit.table_name)

        function.add_event_source(sources.SqsEventSource(intake, batch_size=5))

        for name in QUEUES:
            queue = sqs.Queue(self, f"Queue-{name}", retention_period=Duration.days(14))
            queue.grant_send_messages(function)
            function.add_environment(f"QUEUE_URL_{name.replace('-', '_').upper()}", queue.queue_url)
