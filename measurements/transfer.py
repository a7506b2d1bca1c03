"""Zero-shot transfer in Pocket: which languages beat chance, whether they follow the dials, and what noise does.

    python measurements/transfer.py --store .measurements

Runs studies/pocket-transfer.toml where the store lacks it. Answers the first three questions of docs/pocket.md.
"""

from itertools import pairwise
from typing import Any

import altair
import polars

from crosswind import pocket
from crosswind.stages import label
from instruments import ROOT, Estimate, Sample, chances, estimate, made, markdown, options, publish, samples

STUDY = ROOT / "studies" / "pocket-transfer.toml"
FAILING = ("gvarubi",)
CLEAN = ("clean", 0)
PAIRS = (
    ("overlap 0.4 > 0", "dormeli", "taruvik"),
    ("script Latn > Cyrl", "taruvik", "zhelnik"),
    ("order SVO > SOV", "zhelnik", "brudnar"),
    ("resource 0.6 > 0.1", "taruvik", "quenzo"),
)
TURNS = (
    "order=SOV",
    "order=VSO",
    "adjective=after",
    "adposition=after",
    "morphology=suffixing",
    "morphology=compounding",
    "spaced=false",
    "names=transliterated",
)
OVERLAPS = ("taruvik", *(f"taruvik~overlap={share}" for share in (0.2, 0.4, 0.6, 0.8)))


def above_chance(sample: Sample, chance: float) -> list[tuple[str, Estimate, str]]:
    rows = []
    for code in pocket.LANGUAGES:
        found = estimate(sample.values[(code, *CLEAN)])
        verdict = "above" if found.low > chance else "below" if found.high < chance else "open"
        rows.append((code, found, verdict))
    return rows


def dials(sample: Sample) -> list[tuple[str, Estimate]]:
    """The difference that each dial makes alone."""
    score = {code: sample.values[(code, *CLEAN)] for code, *_ in sample.values}
    rows = [(name, estimate(score[one] - score[other])) for name, one, other in PAIRS]
    rows += [(f"taruvik > {turn}", estimate(score["taruvik"] - score[f"taruvik~{turn}"])) for turn in TURNS]
    steps = [(one, other) for one, other in pairwise(OVERLAPS)]
    rows += [(f"{other.partition('~')[2]} > less", estimate(score[other] - score[one])) for one, other in steps]
    return rows


def noise(sample: Sample, condition: str, severities: list[int]) -> list[tuple[int, Estimate, Estimate]]:
    """The mean over built-in languages at every severity, and what the last step of severity took away."""
    codes = [
        code for code in pocket.LANGUAGES if code not in FAILING and (code, condition, severities[0]) in sample.values
    ]
    curve = [sample.mean([(code, *CLEAN) for code in codes])]
    curve += [sample.mean([(code, condition, level) for code in codes]) for level in severities]
    steps = zip([0, *severities], curve, [curve[0], *curve], strict=False)
    return [(level, estimate(now), estimate(now - before)) for level, now, before in steps]


def main() -> None:
    chosen = options(__doc__).parse_args()
    plan, outcomes = made(STUDY, chosen.store, chosen.workers)
    chance = chances(plan)
    sampled = samples(plan, outcomes.filter(polars.col("arm") == "full"), ("language", "condition", "severity"))
    languages = {name: above_chance(sample, chance[name]) for name, sample in sampled.items()}
    turned = {name: dials(sample) for name, sample in sampled.items()}
    conditions = {label(each.perturbation): list(each.levels) for each in plan.study.conditions}
    noisy = {
        name: {condition: noise(sample, condition, levels) for condition, levels in conditions.items()}
        for name, sample in sampled.items()
    }
    text = [
        "# Transfer", "", f"{len(plan.study.seeds)} seeds; intervals of 95 % over seeds and items.", "",
        "## Every language against chance", "",
        markdown(
            ("language", *(f"{name} (chance {chance[name]:.0f})" for name in sampled)),
            [
                (code, *(f"{languages[name][row][1]} {languages[name][row][2]}" for name in sampled))
                for row, code in enumerate(pocket.LANGUAGES)
            ],
        ),
        "", "## One dial at a time, points gained (the first against the second)", "",
        markdown(
            ("dial", *sampled),
            [
                (name, *(f"{turned[task][row][1]} {turned[task][row][1].verdict}" for task in sampled))
                for row, (name, _) in enumerate(next(iter(turned.values())))
            ],
        ),
    ]  # fmt: skip
    for condition, levels in conditions.items():
        text += [
            "", f"## {condition}: mean over languages, and the last step of severity", "",
            markdown(
                ("severity", *sampled),
                [
                    (level, *("{1}; step {2}".format(*noisy[task][condition][row]) for task in sampled))
                    for row, level in enumerate([0, *levels])
                ],
            ),
        ]  # fmt: skip
    facts: dict[str, Any] = {
        "seeds": len(plan.study.seeds),
        "languages": {
            task: {code: vars(found) | {"verdict": verdict} for code, found, verdict in rows}
            for task, rows in languages.items()
        },
        "dials": {task: {name: vars(found) for name, found in rows} for task, rows in turned.items()},
        "noise": {
            task: {
                condition: {level: [vars(now), vars(step)] for level, now, step in rows}
                for condition, rows in by.items()
            }
            for task, by in noisy.items()
        },
    }
    publish("transfer", "\n".join(text), facts, {"languages": by_language(languages, chance), "noise": curves(noisy)})


def by_language(languages: dict[str, list[tuple[str, Estimate, str]]], chance: dict[str, float]) -> Any:
    rows = [
        {
            "task": task,
            "language": code,
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "reference": chance[task],
        }
        for task, found_rows in languages.items()
        for code, found, _ in found_rows
    ]
    data = altair.Chart(altair.InlineData(values=rows))
    order = list(pocket.LANGUAGES)
    y = altair.Y("language:N", sort=order, title=None)
    scale = altair.Scale(domain=[0, 100])
    chart = altair.layer(
        data.mark_rule(strokeDash=[3, 3], color="#8a9099").encode(x=altair.X("reference:Q", scale=scale)),
        data.mark_rule(strokeWidth=2, opacity=0.6, color="#0072b2").encode(
            x=altair.X("low:Q", scale=scale), x2="high:Q", y=y
        ),
        data.mark_point(filled=True, size=36, color="#0072b2", opacity=1).encode(
            x=altair.X("value:Q", title="score", scale=scale), y=y
        ),
    )
    return chart.properties(width=200).facet(facet=altair.Facet("task:N", title=None, sort=list(languages)), columns=3)


def curves(noisy: dict[str, dict[str, list[tuple[int, Estimate, Estimate]]]]) -> Any:
    rows = [
        {
            "task": task,
            "perturbation": condition,
            "severity": level,
            "value": now.value,
            "low": now.low,
            "high": now.high,
        }
        for task, by in noisy.items()
        for condition, found in by.items()
        for level, now, _ in found
    ]
    data = altair.Chart(altair.InlineData(values=rows))
    colour = altair.Color("perturbation:N", title=None, scale=altair.Scale(range=["#0072b2", "#d55e00", "#009e73"]))
    x = altair.X("severity:O", title="severity", axis=altair.Axis(labelAngle=0))
    y = altair.Y("value:Q", title="score, mean over languages", scale=altair.Scale(zero=False))
    chart = altair.layer(
        data.mark_rule(opacity=0.5).encode(x=x, y=altair.Y("low:Q"), y2="high:Q", color=colour),
        data.mark_line(point=True).encode(x=x, y=y, color=colour),
    )
    return (
        chart.properties(width=200, height=150)
        .facet(facet=altair.Facet("task:N", title=None), columns=3)
        .resolve_scale(y="independent")
    )


if __name__ == "__main__":
    main()
