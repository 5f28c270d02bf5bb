"""The shipped rubric, with levels whose names stand nowhere else."""

from pathlib import Path

import yaml

from tests.sensei import ROOT

NAMES = ("canaryabsent4f", "canaryasserted5g", "canaryreasoned6h", "canaryevidenced7j", "canarycontested8k")


def canary_rubric(folder: Path) -> Path:
    """Write the shipped rubric with levels that have other names, and without signals, which take long."""
    document = yaml.safe_load((ROOT / "rubrics" / "capstone.yaml").read_text("utf-8"))
    document["scale"] = [
        {"level": level, "name": name, "means": f"it is {name} in full"} for level, name in enumerate(NAMES)
    ]
    for criterion in document["criteria"]:
        criterion["anti_patterns"] = []
        for check in criterion["checks"]:
            check.pop("signals", None)
    made = folder / "canary.yaml"
    made.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), "utf-8")
    return made
