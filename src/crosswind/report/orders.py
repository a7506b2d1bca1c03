"""Almost stochastic order of treatments over seeds, on each kind of text: whole distributions, not their means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars

from crosswind.randomness import stream
from crosswind.report.summary import averaged, is_pair, treatment
from crosswind.stats.stochastic_order import LEAST_RUNS, Order, orders

MOST_TREATMENTS = 12
CLEAR = 0.2  # a bound of 0.5 is no test at a level; docs/statistics.md has the shares of false ones


@dataclass(frozen=True, slots=True)
class Matrix:
    """How far each treatment is from being the higher one at every quantile: `rows[i][j]` is i against j, None on the
    diagonal. `short` are treatments with too few seeds, `left_out` those beyond the first dozen."""

    target: str
    text: str
    treatments: tuple[str, ...]
    rows: tuple[tuple[Order | None, ...], ...]
    short: tuple[str, ...]
    left_out: tuple[str, ...]


def matrices(scores: polars.DataFrame) -> list[Matrix]:
    """One for each target and kind of text with two treatments of five seeds or more."""
    if scores["seed"].n_unique() < LEAST_RUNS:
        return []
    means = averaged(scores.filter(~is_pair())).sort("text", maintain_order=True)  # clean comes first in the alphabet
    targets = means["target"].unique(maintain_order=True).to_list()
    found = [matrix(target, text, own) for target in targets for (text,), own in
             means.filter(polars.col("target") == target).group_by("text", maintain_order=True)]  # fmt: skip
    return [each for each in found if each is not None]


def matrix(target: str, text: object, means: polars.DataFrame) -> Matrix | None:
    """The matrix of one target on one kind of text; None where nothing can be compared."""
    samples: dict[str, list[float]] = {}
    for arm, sequence, value in means.select("arm", "sequence", "value").iter_rows():
        samples.setdefault(treatment(arm, sequence), []).append(value)
    enough = [name for name, values in samples.items() if len(values) >= LEAST_RUNS]
    names = enough[:MOST_TREATMENTS]
    if len(names) < 2:
        return None
    found = orders({name: samples[name] for name in names}, seed=stream(0, f"order {target} {text}"))
    return Matrix(
        target,
        str(text),
        tuple(names),
        tuple(tuple(found.get((one, other)) for other in names) for one in names),
        tuple(name for name in samples if name not in enough),
        tuple(enough[MOST_TREATMENTS:]),
    )


def rows(found: Sequence[Matrix]) -> list[dict[str, Any]]:
    """The matrices as flat rows, for files."""
    return [
        {"target": each.target, "text": each.text, "treatment": one, "above": other}
        | {"violation": order.violation, "bound": order.bound}
        for each in found
        for one, line in zip(each.treatments, each.rows, strict=True)
        for other, order in zip(each.treatments, line, strict=True)
        if order is not None
    ]
