"""A study that runs: Pocket's encoder is trained, in one arm at a rate at which its loss is soon no number."""

import polars
import pytest

from crosswind import results
from crosswind.console.claimed import told
from crosswind.ledger import Entry, ledger
from crosswind.machine import Resources
from crosswind.plan import Plan, make_plan
from crosswind.report.page import page
from crosswind.stages import Train
from crosswind.store import Store
from crosswind.study_file import load_study
from crosswind.work import perform
from crosswind.workshop import Workshop

pytestmark = pytest.mark.xdist_group("diverging")  # one study is run for all of them

STUDY = """
name = "hot"
seeds = [1, 2, 3, 4, 5]
base = { model = "pocket" }
targets = ["pocket-nli"]
languages = ["solvane", "zhelnik", "tingsao"]
limit = { train = 16, dev = 8, test = 30 }
recipe = { epochs = 1, batch = 4, learning_rate = 1e-3, checks = 1 }

[[arm]]
name = "plain"

[[arm]]
name = "slow"
recipe = { learning_rate = 1e-5 }

[[arm]]
name = "hot"
recipe = { learning_rate = 1e30 }

[[condition]]
perturbation = "typo_edit"
severities = [3]
"""
CLAIM = """
[[claim]]
name = "{name}"
text = "{name}"
contrast = {{ plain = 1, {other} = -1 }}
estimand = "{estimand}"
languages = ["all"]
primary = false
"""
ASKED = [("beside", "slow", "clean"), ("hot", "hot", "clean"), ("typos", "hot", "robust"), ("loss", "hot", "drop")]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Store]:
    folder = tmp_path_factory.mktemp("hot")
    claims = [CLAIM.format(name=name, other=other, estimand=estimand) for name, other, estimand in ASKED]
    (folder / "hot.toml").write_text(STUDY + "".join(claims), encoding="utf-8")
    plan, store = make_plan(load_study(folder / "hot.toml")), Store(folder / "store")
    store.prepare()
    workshop = Workshop(store, Resources(device="cpu", threads=1), lambda: False)
    failed: set[str] = set()
    for stage in plan.stages.values():
        if getattr(getattr(stage, "model", None), "id", "") not in failed:
            (result,) = perform([stage], workshop)
            failed |= {stage.id} if result.status == "failed" else set()
            assert result.status == ("failed" if isinstance(stage, Train) and is_hot(stage) else "done"), result.message
    return plan, store


def is_hot(stage: Train) -> bool:
    return stage.recipe.learning_rate > 1


@pytest.fixture(scope="module")
def entries(study: tuple[Plan, Store]) -> dict[str, Entry]:
    return {entry.claim.name: entry for entry in ledger(*study)}


def plains(study: tuple[Plan, Store]) -> polars.DataFrame:
    """The scores of the arm that learned as it should."""
    done = results.scores(*study).filter((polars.col("arm") == "plain") & polars.col("main"))
    return done.group_by("condition", "seed").agg(polars.col("value").mean()).sort("seed")


@pytest.mark.parametrize(("name", "condition"), [("hot", "clean"), ("typos", "typo_edit")])
def test_an_arm_that_diverged_is_compared_as_one_that_guesses(
    study: tuple[Plan, Store], entries: dict[str, Entry], name: str, condition: str
) -> None:
    finding, own = entries[name].finding, plains(study).filter(polars.col("condition") == condition)
    assert finding is not None, entries[name].because
    assert finding.by_seed == pytest.approx(
        {seed: value - 100 / 3 for seed, value in own.select("seed", "value").rows()}
    )
    assert finding.first.low <= finding.value <= finding.first.high
    assert entries[name].counted == entries[name].planned
    (plain, hot) = entries[name].tolls
    assert (plain.failed, hot.diverged, hot.finished) == (0, 5, 5)


def test_what_an_arm_without_models_would_lose_cannot_be_asked(entries: dict[str, Entry]) -> None:
    assert entries["loss"].finding is None
    assert "no seed is left" in entries["loss"].because


def test_the_same_without_it_is_as_it_was(entries: dict[str, Entry]) -> None:
    own = entries["beside"]
    assert own.finding is not None
    assert (own.failed, own.sensitivity) == (0, None)


def test_ledger_and_page_tell_of_it(study: tuple[Plan, Store]) -> None:
    text = " ".join(told(*study, "table").split())
    assert "5 of 5 runs of hot on pocket-nli diverged" in text
    assert "is guessing itself" in text
    html = page(*study)
    assert "100 % <small>57 % to 100 %</small>" in html
    assert "count as guessing</a>" in html
