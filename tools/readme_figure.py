"""Draws the figure of the README, docs/demo.svg, from a finished demo study.

python tools/readme_figure.py .crosswind
"""

import sys
from pathlib import Path

import polars

from crosswind import results
from crosswind.plan import make_plan
from crosswind.report import figures, summary
from crosswind.stages import label
from crosswind.store import Store
from crosswind.study_file import load_study

ROOT = Path(__file__).parent.parent
TARGET = "pocket-tatoeba"
ARM, PANELS = "plain", 4
PAPER = '<rect width="100%" height="100%" fill="#fdfdfb"/>'


def main() -> None:
    plan = make_plan(load_study(ROOT / "studies" / "demo.toml"))
    scores = results.scores(plan, Store(Path(sys.argv[1])))
    shown = [" > ".join(map(label, sequence)) for sequence in plan.study.arms[0].sequences[:PANELS]]
    scores = scores.filter((polars.col("arm") == ARM) & polars.col("sequence").is_in(shown))
    points = [point for point in summary.points(scores) if point.target == TARGET]
    chance = next(100 * task.chance for task in plan.study.targets if label(task) == TARGET)
    drawn = str(figures.svg(figures.scores_by_language(points, chance)))
    opening = drawn.index(">") + 1
    (ROOT / "docs" / "demo.svg").write_text(drawn[:opening] + PAPER + drawn[opening:], encoding="utf-8")


if __name__ == "__main__":
    main()
