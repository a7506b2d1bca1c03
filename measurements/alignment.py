"""Whether measured alignment goes with transfer: across languages, and along the encoder's pre-training.

    python tools/pocket_encoder.py --out ENCODER --keep SNAPSHOTS
    python measurements/alignment.py --snapshots SNAPSHOTS --store .measurements

Every snapshot is fine-tuned and evaluated in all languages. Answers the seventh question of docs/pocket.md.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import altair
import polars

from crosswind import pocket
from crosswind.console.running import crew
from crosswind.study import Study
from crosswind.study_file import load_study
from instruments import ROOT, Store, execute, make_plan, markdown, options, publish, results, spearman

SCORES = ("first", "mean", "words", "cka")


class Point(NamedTuple):
    """One language at one check of pre-training: its alignment with the pivot, and what fine-tuning made of it."""

    step: int
    target: str
    language: str
    alignment: dict[str, float]
    transfer: float


def points(folder: Path, study: Study, store: Path, workers: int) -> list[Point]:
    """The languages of one snapshot, scores averaged over seeds."""
    log = json.loads((folder / "training.json").read_text())["log"][-1]
    plan = make_plan(study.model_copy(update={"base": type(study.base)(path=str(folder))}))
    execute(plan, Store(store), crew(plan, workers, 1, "auto", None))
    scores = results.scores(plan, Store(store)).filter(polars.col("main"))
    means = scores.group_by("target", "language").agg(polars.col("value").mean()).sort("target", "language")
    return [
        Point(log["step"], target, code, log["alignment"][code], value)
        for target, code, value in means.iter_rows()
        if code != pocket.PIVOT
    ]


def across_languages(found: list[Point]) -> list[tuple[Any, ...]]:
    """Rank correlation of alignment and transfer over languages, at the last step."""
    last = max(point.step for point in found)
    rows = []
    for target in dict.fromkeys(point.target for point in found):
        mine = [point for point in found if point.step == last and point.target == target]
        transfer = [point.transfer for point in mine]
        rows.append(
            (target, *(f"{spearman([point.alignment[way] for point in mine], transfer):.2f}" for way in SCORES))
        )
    return rows


def along_training(found: list[Point]) -> list[tuple[Any, ...]]:
    """Means over languages at every step, and their rank correlation over steps."""
    steps = sorted({point.step for point in found})
    targets = list(dict.fromkeys(point.target for point in found))
    rows: list[tuple[Any, ...]] = []
    for step in steps:
        mine = [point for point in found if point.step == step]
        aligned = [mean([point.alignment[way] for point in mine if point.target == targets[0]]) for way in SCORES]
        rows.append(
            (
                step,
                *(f"{value:.2f}" for value in aligned),
                *(f"{mean([point.transfer for point in mine if point.target == target]):.1f}" for target in targets),
            )
        )
    return rows


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def figure(found: list[Point]) -> Any:
    rows = [
        {"task": point.target, "step": point.step, "alignment": point.alignment["mean"], "transfer": point.transfer,
         "language": point.language}
        for point in found
    ]  # fmt: skip
    data = altair.Chart(altair.InlineData(values=rows))
    marks = data.mark_point(filled=True, opacity=0.75, size=30).encode(
        x=altair.X("alignment:Q", title="retrieval of translations, both ways"),
        y=altair.Y("transfer:Q", title="score after fine-tuning", scale=altair.Scale(zero=False)),
        color=altair.Color("step:Q", title="pre-training step", scale=altair.Scale(scheme="viridis")),
    )
    return (
        marks.properties(width=260, height=220)
        .facet(facet=altair.Facet("task:N", title=None))
        .resolve_scale(y="independent")
    )


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--every", type=int, default=3, help="take every n-th snapshot")
    chosen = parser.parse_args()
    study = load_study(ROOT / "studies" / "pocket-alignment.toml")
    folders = sorted(chosen.snapshots.iterdir())
    folders = sorted({*folders[:: chosen.every], folders[-1]})
    found = [point for folder in folders for point in points(folder, study, chosen.store, chosen.workers)]
    targets = list(dict.fromkeys(point.target for point in found))
    text = "\n".join(
        [
            "# Alignment and transfer",
            "",
            f"{len(study.seeds)} seeds; every language but the source. `first` and `mean`: sentences whose nearest "
            "neighbour is their translation; `words`: the same of single words; `cka`: likeness of the two spaces.",
            "",
            "## Rank correlation over languages, at the last step",
            "",
            markdown(("target", *SCORES), across_languages(found)),
            "",
            "## Along pre-training, means over languages",
            "",
            markdown(("step", *SCORES, *targets), along_training(found)),
        ]
    )
    publish("alignment", text, {"points": [point._asdict() for point in found]}, {"alignment": figure(found)})


if __name__ == "__main__":
    main()
