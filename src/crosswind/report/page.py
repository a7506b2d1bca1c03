"""The page: one HTML file that opens from disk, asks the network for nothing and escapes what came from data."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import jinja2
import polars
from markupsafe import Markup

from crosswind import results, voted
from crosswind.claimed import digest
from crosswind.ledger import ledger
from crosswind.losses import losses
from crosswind.plan import Plan
from crosswind.quantities import duration, size, some
from crosswind.report import (
    alignment,
    ballots,
    breakdown,
    contrasts,
    controls,
    explorer,
    failed,
    figures,
    limits,
    odds,
    orders,
    severity,
    spending,
    summary,
    verdicts,
)
from crosswind.report.beside import Beside
from crosswind.report.opinions import opinions
from crosswind.report.reach import reaches
from crosswind.report.tree import stand_ins, tree
from crosswind.stages import Train, slug
from crosswind.store import Store

MOST_PANELS = 12
MEANING = {"missing": "not run yet", "failed": "its model diverged", "n/a": "does not apply to the task or script"}


@dataclass(frozen=True, slots=True)
class Section:
    """What the page says about one target."""

    target: str
    figure: Markup
    lines: list[summary.Line]
    texts: list[str]
    published: list[tuple[str, float]]
    forest: Markup
    reference: str
    over: str
    curves: Markup
    shown: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Script:
    """The page's only script; the digest is what its policy allows to run."""

    text: Markup
    digest: str


def write_report(plan: Plan, store: Store, path: Path, other: Beside | None = None) -> None:
    """Write the page of a study from whatever the store holds of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(plan, store, other), encoding="utf-8")


def page(plan: Plan, store: Store, other: Beside | None = None) -> str:
    """The page as text; `other` is what it is to be shown beside."""
    scores, held = results.scores(plan, store), store.held()
    tables = explorer.tables(plan.study, scores)
    marks, meetings = spending.marks(plan, store), alignment.meetings(plan.study, tables)
    tolls = failed.rows(plan, store, scores)
    entries, proofs = ledger(plan, store, scores), list(ballots.proofs(voted.certificates(plan, store)))
    return template().render(
        study=plan.study,
        plan=plan,
        controls=controls.rows(plan, store),
        beside=other,
        claims=verdicts.views(entries),
        primaries=sum(entry.claim.primary for entry in entries),
        digest=digest(plan.study),
        sections=sections(plan, store, scores, tables),
        opinions=opinions(plan, store, scores),
        clear=orders.CLEAR,
        spoken=odds.spoken,
        some=some,
        tables=tables,
        tables_json=Markup(explorer.embedded(tables)),
        script=script(),
        aligned=figures.svg(figures.aligned(meetings)) if meetings else "",
        falling=figures.svg(figures.falling(marks)) if marks else "",
        tree=list(tree(plan, held)),
        spendings=spending.spendings(plan, store),
        limits=limits.limits(plan, scores),
        declared=json.dumps(limits.declared(plan.study), indent=2, ensure_ascii=False),
        version=metadata.version("crosswind"),
        matrices=summary.matrices(scores),
        standing=scores.filter(polars.col("main").fill_null(value=True))["status"].value_counts(sort=True).rows(),
        absent=absent(scores),
        meaning=MEANING,
        costs=breakdown.costs(scores),
        diagnostics=breakdown.diagnostics(scores),
        reach=breakdown.reach(scores),
        reaches=reaches(plan, store),
        ballots=ballots.held(voted.votes(plan, store)),
        proofs=proofs,
        most_words=max((words for proof in proofs for words in proof.shares), default=0),
        has_rate_scale=(scores["scale"] == "rate").any(),
        failures=[(slug(plan.stages[stage]), reason) for stage, reason in results.diverged(plan, store, held).items()],
        tolls=tolls,
        lost_on={toll.target for toll in tolls if toll.diverged},
        failures_together=failed.together(tolls),
        losses=losses(plan, store),
        stand_ins=list(stand_ins(plan)),
        acknowledgements=acknowledgements(plan),
        cost=cost(plan, store),
        made_with=made_with(plan, store),
        counts={name: plan.count(name) for name in ("dataset", "perturb", "train", "evaluate")},
    )


@cache
def script() -> Script:
    """The script with the digest of its text."""
    text = resources.files("crosswind.report").joinpath("templates", "page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Script(Markup(text), f"sha256-{digest}")


def sections(plan: Plan, store: Store, scores: polars.DataFrame, tables: list[explorer.Table]) -> list[Section]:
    """One section per target that has any score."""
    apart = scores.filter(~summary.is_pair())
    points, lines = summary.points(apart), list(summary.lines(apart))
    differences = contrasts.differences(plan, store, scores)
    published = dict(breakdown.published(apart))
    by_target = {table.target: table for table in tables}
    found = []
    for target in dict.fromkeys(line.target for line in lines):
        own = [line for line in lines if line.target == target]
        drawn = figures.scores_by_language(shown(points, target), by_target[target].chance)
        texts = list(dict.fromkeys(text for line in own for text in line.perturbed))
        against = [each for each in differences if each.target == target]
        heights = severity.heights(by_target[target], scores)
        drawn_curves = len({height.treatment for height in heights})
        found.append(
            Section(
                target,
                figures.svg(drawn),
                own,
                texts,
                published.get(target, []),
                figures.svg(figures.forest(against)) if against else Markup(""),
                against[0].reference if against else "",
                against[0].over if against and len(plan.study.seeds) > 1 else "",
                figures.svg(figures.curves(heights)) if heights else Markup(""),
                drawn_curves,
                len(own) - drawn_curves,
            )
        )
    return found


def shown(points: list[summary.Point], target: str) -> list[summary.Point]:
    """The points of a target's figure: of its first treatments only, where there are more than a figure can hold."""
    own = [point for point in points if point.target == target]
    kept = list(dict.fromkeys(point.treatment for point in own))[:MOST_PANELS]
    return [point for point in own if point.treatment in kept]


def absent(scores: polars.DataFrame) -> list[dict[str, Any]]:
    """What the study declares and the page cannot show: missing, failed and inapplicable cells, grouped."""
    rows = (
        scores.filter(polars.col("status") != "done")
        .group_by("status", "target", "condition", maintain_order=True)
        .agg(
            polars.len().alias("cells"),
            polars.col("language").unique(maintain_order=True),
            polars.col("reason").first().alias("why"),
            polars.concat_str("arm", polars.col("sequence").replace("", "none"), separator=": ")
            .unique(maintain_order=True)
            .alias("treatments"),
        )
        .sort("status", maintain_order=True)
        .rows(named=True)
    )
    totals = dict(scores.group_by("target").agg(polars.col("language").n_unique()).rows())
    return [row | {"languages": spelled(row["language"], totals[row["target"]])} for row in rows]


def spelled(languages: list[str], total: int) -> str:
    """Languages by name, or just that it is all of them."""
    return f"all {total}" if len(languages) == total > 1 else ", ".join(languages)


def acknowledgements(plan: Plan) -> list[str]:
    """What licences want said beside results, each once."""
    said = (condition.perturbation.acknowledgement for condition in plan.study.every_condition)
    return list(dict.fromkeys(filter(None, said)))


def cost(plan: Plan, store: Store) -> list[tuple[str, str]]:
    """What the finished trainings took, from their records."""
    records = [store.record(stage) for stage in plan.stages.values() if isinstance(stage, Train) and store.has(stage)]
    done = [record for record in records if record.status == "done"]
    return [
        ("trainings, had every cell been trained alone", f"{plan.one_by_one}"),
        ("trainings, equal ones merged", f"{plan.count('train')}"),
        ("training time of the finished ones", duration(sum(record.facts["wall_seconds"] for record in done))),
        ("sub-words trained on", f"{sum(record.facts['tokens'] for record in done):,}"),
        ("largest memory of a process", size(max((record.facts["peak_memory"] for record in done), default=0))),
    ]


def made_with(plan: Plan, store: Store) -> list[tuple[str, str]]:
    """The environments that made the finished stages; more than one is worth knowing."""
    found: dict[tuple[tuple[str, str], ...], int] = {}
    for stage in plan.stages.values():
        if isinstance(stage, Train) and store.has(stage):
            made = dict(store.record(stage).made_by)
            libraries = ", ".join(f"{name} {version}" for name, version in made.pop("libraries", {}).items())
            key = tuple((name, str(value)) for name, value in (made | {"libraries": libraries}).items() if value)
            found[key] = found.get(key, 0) + 1
    return [
        (f"{count} trainings", "; ".join(f"{name}: {value}" for name, value in key)) for key, count in found.items()
    ]


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def decimal(value: float | None) -> str:
    return "–" if value is None else unsigned(f"{value:.1f}")


def signed(value: float | None, places: int = 1) -> str:
    """A difference with its sign; one that rounds to nothing has none."""
    return "–" if value is None else unsigned(f"{value:+.{places}f}")


def unsigned(told: str) -> str:
    """A number in words, without its sign where it is nothing."""
    return told if told.strip("+-0.") else told.lstrip("+-")


def three_figures(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


@cache
def template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("crosswind.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "decimal": decimal,
        "signed": signed,
        "duration": duration,
        "size": size,
    }
    environment.filters |= {"figures": three_figures}
    return environment.get_template("page.html")
