"""The demo study at a smaller size, through the command line: run, look, report, and run again for nothing."""

import csv
import io
import json
import re
import tomllib
from pathlib import Path

import polars
import pytest

from crosswind import results
from crosswind.evaluate.metrics import METRICS
from crosswind.plan import make_plan
from crosswind.stages import label
from crosswind.store import Store
from crosswind.study import Study
from crosswind.study_file import load_study
from tests.test_cli import crosswind

ROOT = Path(__file__).parent.parent
HOSTILE = '<script>alert("x")</script> & <b>'

pytestmark = pytest.mark.xdist_group("end-to-end")


def toml(study: dict[str, object]) -> str:
    """A study as TOML, by way of JSON, whose strings and lists TOML reads too."""
    lines, tables = [], []
    for key, value in study.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables += [f"[[{key}]]\n" + "\n".join(f"{k} = {inline(v)}" for k, v in item.items()) for item in value]
        else:
            lines.append(f"{key} = {inline(value)}")
    return "\n".join([*lines, *tables])


def inline(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {inline(own)}" for key, own in value.items()) + " }"
    return json.dumps(value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the small demo has been run."""
    folder = tmp_path_factory.mktemp("demo")
    demo = tomllib.loads((ROOT / "studies" / "demo.toml").read_text(encoding="utf-8"))
    small = {
        "question": HOSTILE,
        "seeds": [1, 2],
        "languages": ["solvane", "zhelnik", "lanthep"],
        "limit": {"train": 96, "dev": 24, "test": 24},
        "recipe": {"steps": 3, "checks": 1},
    }
    (folder / "demo.toml").write_text(toml(demo | small), encoding="utf-8")
    (folder / "more.toml").write_text(toml(demo | small | {"seeds": [1, 2, 3]}), encoding="utf-8")
    done = crosswind("run", "demo.toml", "--workers", "2", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return load_study(folder / "demo.toml")


def test_a_second_run_makes_nothing(folder: Path) -> None:
    done = crosswind("run", "demo.toml", cwd=folder)
    assert re.search(r"\b0 stages made", done.stdout)


def test_every_cell_has_a_score_or_a_reason(folder: Path, study: Study) -> None:
    plan, store = make_plan(study), Store(folder / ".crosswind")
    scores = results.scores(plan, store)
    assert scores.filter(polars.col("main").fill_null(value=True)).height == len(plan.cells)
    assert set(scores["status"]) <= {"done", "n/a"}
    assert scores.filter(polars.col("status") == "done")["value"].is_between(0, 100).all()
    assert scores.filter(polars.col("status") == "n/a")["reason"].str.len_chars().min() > 0  # type: ignore[operator]


def test_scores_are_what_outcomes_add_up_to(folder: Path, study: Study) -> None:
    plan, store = make_plan(study), Store(folder / ".crosswind")
    scores, outcomes = results.scores(plan, store), results.outcomes(plan, store)
    for task in study.targets:
        metric, mine = METRICS[task.metric], polars.col("target") == label(task)
        keys = ["arm", "sequence", "seed", "stage"]
        again = outcomes.filter(mine).group_by(keys).agg(polars.col(metric.sums).sum())
        done = scores.filter(mine & (polars.col("status") == "done") & polars.col("main"))
        both = done.join(again, on=keys)
        assert both.height == done.height > 0
        for row in both.iter_rows(named=True):
            totals = {name: row[name] for name in metric.sums}
            assert row["value"] == pytest.approx(metric.scores(totals)[metric.main])


def test_perturbed_and_clean_outcomes_pair_up(folder: Path, study: Study) -> None:
    outcomes = results.outcomes(make_plan(study), Store(folder / ".crosswind"))
    keys = ["arm", "sequence", "target", "seed", "language", "example"]
    clean = outcomes.filter(polars.col("condition") == "clean")
    typos = outcomes.filter(
        (polars.col("condition") == "typo_edit") & (polars.col("severity") == study.conditions[0].levels[-1])
    )
    paired = typos.join(clean, on=keys)
    reached = clean.join(typos, on=["target", "language"], how="semi")
    assert paired.height == typos.height == reached.height > 0
    same = paired.filter(~polars.col("ids_changed"))
    assert (same["answer"] == same["answer_right"]).all()
    assert not clean["text_changed"].any()


def test_examples_that_a_perturbation_left_alone_are_not_run_again(folder: Path, study: Study) -> None:
    plan, store = make_plan(study), Store(folder / ".crosswind")
    trained = polars.col("target").is_in([label(task) for task in study.targets if task.has_training])
    found = results.outcomes(plan, store).filter(trained)
    moved = found.group_by("stage", "condition").agg(polars.col("ids_changed").sum())
    spared, anew = 0, 0
    for stage, _, changed in moved.filter(polars.col("condition") != "clean").iter_rows():
        facts = store.record(plan.stages[stage]).facts
        spared += facts["run"] <= changed < facts["units"]
        # Two workers made the demo: one that takes a model over from the other has none of its outputs.
        anew += facts["run"] > changed
        assert facts["run"] <= changed or facts["run"] == facts["units"]
    assert spared > 4 * anew


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_results_print_in_every_format(form: str, folder: Path, study: Study) -> None:
    done = crosswind("results", "demo.toml", "--format", form, cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = len(make_plan(study).cells)
    if form == "csv":
        assert sum(row["main"] != "false" for row in csv.DictReader(io.StringIO(done.stdout))) == rows
    elif form == "json":
        assert sum(json.loads(line)["main"] is not False for line in done.stdout.splitlines()) == rows
    else:
        assert "zhelnik" in done.stdout


def test_parquet_needs_a_file(folder: Path) -> None:
    assert "--out FILE" in crosswind("results", "demo.toml", "--format", "parquet", cwd=folder).stderr
    done = crosswind(
        "results", "demo.toml", "--format", "parquet", "--table", "outcomes", "--out", "o.parquet", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert polars.read_parquet(folder / "o.parquet").height > 0


def test_the_page_is_one_file_that_escapes_what_it_is_told(folder: Path, study: Study) -> None:
    done = crosswind("report", "demo.toml", cwd=folder)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip().splitlines()[-1])
    page = path.read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert page.count("<figure") >= len(study.targets)
    assert "zhelnik" in page
    assert "does not apply to the task or script" in page


def test_the_page_of_an_unfinished_study_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    done = crosswind("report", "more.toml", "--out", tmp_path / "more.html", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "not run yet" in (tmp_path / "more.html").read_text(encoding="utf-8")
    empty = crosswind("report", "more.toml", "--store", tmp_path / "none", "--out", tmp_path / "none.html", cwd=folder)
    assert empty.returncode == 0, empty.stderr
    assert "No evaluation of this study has finished yet" in (tmp_path / "none.html").read_text(encoding="utf-8")


def test_plan_estimates_from_what_was_measured(folder: Path) -> None:
    done = crosswind("plan", "more.toml", cwd=folder)
    assert re.search(r"time: about .* with \d+ workers", done.stdout)
    assert "disk: about" in done.stdout
    assert "waiting threads sleep" in done.stdout
    assert "nothing to make" in crosswind("plan", "demo.toml", cwd=folder).stdout


def test_status_and_explain_speak_of_finished_and_missing_stages(folder: Path) -> None:
    done = crosswind("status", "more.toml", cwd=folder)
    assert re.search(r"train +\d+ done +0 being made +0 failed +[1-9]\d* missing", done.stdout)
    stage = re.search(r"×2 .*?([0-9a-f]{12})$", crosswind("plan", "demo.toml", cwd=folder).stdout, re.MULTILINE)
    assert stage
    told = crosswind("explain", stage[1], cwd=folder).stdout
    assert told.startswith("train pocket-")
    assert re.search(r"seed +(1 here, 2|2 here, 1) there", told)
