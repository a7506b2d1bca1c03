"""Treatments of a study against their references: scores over languages, clean and perturbed, paired differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair
import polars

from crosswind import pocket
from instruments import ROOT, Estimate, Floats, Sample, chances, estimate, made, markdown, options, publish, samples

Treatment = tuple[str, str]
BUILT_TO_FAIL = ("gvarubi",)


@dataclass(frozen=True)
class Row:
    """One treatment of one target: its mean over languages, and the difference that it makes to its reference."""

    target: str
    treatment: str
    reference: str
    text: str
    score: Estimate
    difference: Estimate | None


def named(treatment: Treatment) -> str:
    """An arm, or what came before the target where that varies."""
    arm, sequence = treatment
    return f"after {sequence}" if sequence else arm


def means(sample: Sample) -> dict[tuple[Treatment, str], Floats]:
    """The mean over the languages that are not built to fail, the source left out, on clean and on perturbed text."""
    found = {}
    treatments = sorted({key[:2] for key in sample.values})
    for treatment in treatments:
        keys = [key for key in sample.values if key[:2] == treatment and key[2] not in {pocket.PIVOT, *BUILT_TO_FAIL}]
        for text, chosen in (
            ("clean", [key for key in keys if key[3] == "clean"]),
            ("perturbed", [key for key in keys if key[3] != "clean"]),
            ("source", [key for key in sample.values if key[:3] == (*treatment, pocket.PIVOT) and key[3] == "clean"]),
        ):
            if chosen:
                found[treatment, text] = sample.mean(chosen)
    return found


def rows(sample: Sample, target: str, references: Mapping[Treatment, Treatment]) -> list[Row]:
    """Every treatment in the order of `references`; a reference that is its own has no difference."""
    found = means(sample)
    return [
        Row(
            target,
            named(treatment),
            named(reference),
            text,
            estimate(found[treatment, text]),
            None if treatment == reference else estimate(found[treatment, text] - found[reference, text]),
        )
        for text in ("source", "clean", "perturbed")
        for treatment, reference in references.items()
        if (treatment, text) in found
    ]


def measure(name: str, title: str, references: Mapping[Treatment, Treatment], doc: str) -> None:
    """Runs studies/pocket-<name>.toml where the store lacks it, and writes the comparison down."""
    chosen = options(doc).parse_args()
    plan, outcomes = made(ROOT / "studies" / f"pocket-{name}.toml", chosen.store, chosen.workers)
    by = ("arm", "sequence", "language", "condition", "severity")
    outcomes = outcomes.with_columns(polars.col("sequence").fill_null(""))
    found = [row for target, sample in samples(plan, outcomes, by).items() for row in rows(sample, target, references)]
    chance = chances(plan)
    text = [
        f"# {title}",
        "",
        f"{len(plan.study.seeds)} seeds; mean over the languages other than the source and gvarubi, `source` is the "
        "source language; intervals of 95 % over seeds and items, differences paired.",
    ]
    for target in chance:
        table = [
            (row.treatment, row.text, row.score, row.reference, row.difference or "", verdict(row))
            for row in found
            if row.target == target
        ]
        header = ("treatment", "text", "score", "against", "difference", "verdict")
        text += ["", f"## {target}, chance {chance[target]:.0f}", "", markdown(header, table)]
    facts = {"seeds": len(plan.study.seeds), "rows": [plain(row) for row in found]}
    publish(name, "\n".join(text), facts, {name: forest(found)})


def verdict(row: Row) -> str:
    return row.difference.verdict if row.difference else ""


def plain(row: Row) -> dict[str, Any]:
    return vars(row) | {"score": vars(row.score), "difference": row.difference and vars(row.difference)}


def forest(found: list[Row]) -> Any:
    """The differences to the reference with their intervals."""
    shown = [row for row in found if row.difference and row.text != "source"]
    values = [
        {"target": row.target, "treatment": row.treatment, "text": row.text, **vars(row.difference)} for row in shown
    ]
    order = list(dict.fromkeys(row.treatment for row in shown))
    data = altair.Chart(altair.InlineData(values=values))
    colour = altair.Color(
        "text:N", title=None, scale=altair.Scale(domain=["clean", "perturbed"], range=["#0072b2", "#d55e00"])
    )
    y, offset = altair.Y("treatment:N", sort=order, title=None), altair.YOffset("text:N")
    chart = altair.layer(
        data.mark_rule(color="#8a9099").encode(x=altair.datum(0)),
        data.mark_rule(strokeWidth=2, opacity=0.6).encode(
            x=altair.X("low:Q", title="points gained on the reference", axis=altair.Axis(tickCount=5)),
            x2="high:Q",
            y=y,
            yOffset=offset,
            color=colour,
        ),
        data.mark_point(filled=True, size=36, opacity=1).encode(x="value:Q", y=y, yOffset=offset, color=colour),
    )
    return chart.properties(width=220, height=34 * len(order)).facet(
        facet=altair.Facet("target:N", title=None), columns=3
    )
