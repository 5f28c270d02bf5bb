"""Conversations that prepare a first day."""

from pathlib import Path

from google.adk.evaluation.agent_evaluator import AgentEvaluator

HERE = Path(__file__).parent


async def test_a_first_day_is_prepared_up_to_the_first_confirmation() -> None:
    await AgentEvaluator.evaluate(
        agent_module="onboarding",
        eval_dataset_file_path_or_dir=str(HERE / "onboarding.evalset.json"),
        num_runs=3,
    )
