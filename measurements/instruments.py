"""What the measurements share: run a study, resample its outcomes, write tables and figures.

An interval says what other training seeds and other test items would plausibly have given: both are resampled, items
by cluster and the same clusters in every language and treatment, so that differences are paired. B draws, G groups,
S seeds, C clusters, M sums.
"""

import argparse
import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars
import vl_convert
from numpy.typing import NDArray

from crosswind import results
from crosswind.console.running import crew, execute, told_summary
from crosswind.evaluate.metrics import METRICS
from crosswind.plan import Plan, make_plan
from crosswind.stages import label
from crosswind.stats.intervals import over_seeds
from crosswind.store import Store
from crosswind.study import Study
from crosswind.study_file import load_study

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
FIGURES = ROOT / "docs" / "pocket"
DRAWS = 2000
LEVEL = 0.95
Key = tuple[Any, ...]
Floats = NDArray[np.float64]

# metric -> (its sums) -> the part that is counted and the whole it is counted of
RATIOS: Mapping[str, Callable[[Floats], tuple[Floats, Floats]]] = {
    "accuracy": lambda sums: (sums[..., 0], sums[..., 1]),
    "tag_accuracy": lambda sums: (sums[..., 0], sums[..., 1]),
    "first_hit": lambda sums: (sums[..., 0], sums[..., 1]),
    "map20": lambda sums: (sums[..., 0], sums[..., 1]),
    "squad": lambda sums: (sums[..., 1], sums[..., 2]),
    "entity_f1": lambda sums: (2 * sums[..., 0], sums[..., 1] + sums[..., 2]),
}


@dataclass(frozen=True)
class Estimate:
    """A number with its interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1f} [{self.low:.1f}, {self.high:.1f}]"

    @property
    def verdict(self) -> str:
        """For a difference: its sign where the interval leaves zero out."""
        return "up" if self.low > 0 else "down" if self.high < 0 else "open"


class Sample:
    """The outcomes of one target as resampled scores: `values[key]` has the score itself, then one for every draw."""

    def __init__(self, metric: str, frame: polars.DataFrame, by: Sequence[str], seed: int = 1):
        sums = METRICS[metric].sums
        table = frame.group_by([*by, "seed", "cluster"]).agg(polars.col(sums).sum())
        seeds, clusters = (sorted(table[name].unique()) for name in ("seed", "cluster"))
        keys = sorted(table.select(by).unique().rows())
        places = [{each: index for index, each in enumerate(group)} for group in (keys, seeds, clusters)]
        counts_GSCM = np.zeros((len(keys), len(seeds), len(clusters), len(sums)))
        for row in table.select(*by, "seed", "cluster", *sums).iter_rows():
            key, (of_seed, cluster, *numbers) = row[: len(by)], row[len(by) :]
            counts_GSCM[places[0][key], places[1][of_seed], places[2][cluster]] = numbers
        draws = np.random.default_rng(seed)
        weights_BS = drawn(draws, len(seeds))
        weights_BC = drawn(draws, len(clusters))
        by_seed = np.einsum("bc,gscm->bgsm", weights_BC, counts_GSCM, optimize=True)
        part_BG, whole_BG = RATIOS[metric](np.einsum("bs,bgsm->bgm", weights_BS, by_seed, optimize=True))
        scores_BG = 100 * part_BG / np.maximum(whole_BG, 1e-9)
        self.values = {key: scores_BG[:, index] for index, key in enumerate(keys)}

    def mean(self, keys: Sequence[Key]) -> Floats:
        return np.mean([self.values[key] for key in keys], axis=0)


def drawn(draws: np.random.Generator, count: int) -> Floats:
    """How often each of `count` things is drawn: once each at first, then with replacement."""
    picked = draws.multinomial(count, np.full(count, 1 / count), size=DRAWS)
    return np.concatenate([np.ones((1, count)), picked])


def estimate(scores: Floats) -> Estimate:
    """The score itself with the middle 95 % of the draws."""
    low, high = np.quantile(scores[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(scores[0]), float(low), float(high))


def estimate_of_mean(values: Sequence[float]) -> Estimate:
    """The mean with Student's interval over seeds."""
    found = over_seeds(values)
    return Estimate(found.mean, found.low, found.high)


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Rank correlation; equal values share their ranks."""
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def ranks(values: Sequence[float]) -> Floats:
    given = np.asarray(values)
    return np.array([(given < value).sum() + ((given == value).sum() - 1) / 2 for value in given])


def options(doc: str | None) -> argparse.ArgumentParser:
    """What every measurement takes from the command line."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, default=ROOT / ".measurements")
    parser.add_argument("--workers", type=int, default=2)
    return parser


def made(study: Path | Study, store: Path, workers: int) -> tuple[Plan, polars.DataFrame]:
    """The study's outcomes; whatever the store lacks is made first."""
    plan = make_plan(load_study(study) if isinstance(study, Path) else study)
    kept = Store(store)
    summary = execute(plan, kept, crew(plan, workers, 1, "auto", None))
    if summary.broken or summary.stopped:
        raise SystemExit("\n".join((*told_summary(summary), f"{plan.study.name} is not finished; run it again")))
    return plan, results.outcomes(plan, kept)


def samples(plan: Plan, outcomes: polars.DataFrame, by: Sequence[str]) -> dict[str, Sample]:
    """The outcomes of every target, grouped by some of arm, sequence, language, condition, severity."""
    return {
        label(task): Sample(task.metric, outcomes.filter(polars.col("target") == label(task)), by)
        for task in plan.study.targets
    }


def chances(plan: Plan) -> dict[str, float]:
    return {label(task): 100 * task.chance for task in plan.study.targets}


def markdown(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def publish(name: str, text: str, facts: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
    """Writes the result as text and as JSON, and its figures into docs."""
    RESULTS.mkdir(exist_ok=True)
    FIGURES.mkdir(exist_ok=True, parents=True)
    dated = {"date": datetime.datetime.now(datetime.UTC).date().isoformat()} | dict(facts)
    (RESULTS / f"{name}.md").write_text(text.rstrip() + "\n", encoding="utf-8")
    (RESULTS / f"{name}.json").write_text(json.dumps(dated, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for stem, chart in figures.items():
        (FIGURES / f"{stem}.svg").write_text(drawn_svg(chart), encoding="utf-8")
    print(text)


def drawn_svg(chart: Any) -> str:
    """A chart on paper, so that it can be read in light and in dark pages."""
    styled = (
        chart.configure(background="#fdfdfb", font="system-ui, sans-serif", padding=24)
        .configure_view(stroke=None)
        .configure_axis(gridOpacity=0.5, domain=False, ticks=False, labelPadding=6)
    )
    return str(vl_convert.vegalite_to_svg(styled.to_dict(), allowed_base_urls=[]))
