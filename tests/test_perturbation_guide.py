"""docs/perturbations.md is what the code says."""

from tools import perturbation_guide


def test_the_guide_is_what_its_tool_writes() -> None:
    written = perturbation_guide.TARGET.read_text(encoding="utf-8")
    assert written == perturbation_guide.guide(), "run python -m tools.perturbation_guide and look at what has changed"
