"""How hard each task is for the shipped encoder in the source language, with equally many examples.

    python measurements/difficulty.py --store .measurements

Difficulty is the error that is left, as a share of the error of guessing; for tagging and answers, where guessing gets
nothing, the error itself. Runs studies/pocket-difficulty.toml where the store lacks it.
"""

import polars

from crosswind import pocket
from instruments import ROOT, Estimate, chances, estimate, made, markdown, options, publish, samples

STUDY = ROOT / "studies" / "pocket-difficulty.toml"


def main() -> None:
    chosen = options(__doc__).parse_args()
    plan, outcomes = made(STUDY, chosen.store, chosen.workers)
    chance = chances(plan)
    found: dict[str, tuple[Estimate, Estimate]] = {}
    for target, sample in samples(plan, outcomes.filter(polars.col("language") == pocket.PIVOT), ("language",)).items():
        scores = sample.values[(pocket.PIVOT,)]
        found[target] = estimate(scores), estimate((100 - scores) / (100 - chance[target]))
    ordered = sorted(found, key=lambda target: found[target][1].value)
    rows = [(target, f"{chance[target]:.0f}", found[target][0], spelled(found[target][1])) for target in ordered]
    text = "\n".join(
        [
            "# Difficulty",
            "",
            f"{plan.study.limit.train} training examples in the source language, the tasks' own recipes, "
            f"{len(plan.study.seeds)} seeds; intervals of 95 % over seeds and items. Easiest first.",
            "",
            markdown(("task", "chance", "score", "difficulty"), rows),
        ]
    )
    publish("difficulty", text, {target: [vars(each) for each in both] for target, both in found.items()}, {})


def spelled(share: Estimate) -> str:
    return f"{share.value:.2f} [{share.low:.2f}, {share.high:.2f}]"


if __name__ == "__main__":
    main()
