"""Conversations about the handbook."""

from pathlib import Path

from google.adk.evaluation.agent_evaluator import AgentEvaluator

HERE = Path(__file__).parent


async def test_policy_questions_are_answered_from_the_handbook() -> None:
    await AgentEvaluator.evaluate(
        agent_module="onboarding",
        eval_dataset_file_path_or_dir=str(HERE / "policy.test.json"),
        num_runs=2,
    )
