"""What a plan says that its claims could show: by guesses before anything has run, then by what has."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crosswind.asked import contrast_of, estimand_of, rows_of, tallied, treatment
from crosswind.console import prospects as told_by
from crosswind.console.prospects import prospects
from crosswind.failures import Allowance
from crosswind.ledger import ledger
from crosswind.pilots import measured
from crosswind.plan import Plan, make_plan
from crosswind.results import outcomes, scores
from crosswind.stats import averages, power
from crosswind.stats.inference import find
from crosswind.store import Store
from crosswind.study_file import load_study
from tests.claims.test_ledger import STUDY, filled

TRUTHS = {"fgm": 0.75, "erm": 0.55}


def said(plan: Plan, store: Store) -> dict[str, str]:
    """What is said of every claim, by name."""
    lines = list(prospects(plan, store, store.held()))[1:]
    return {name.strip(): told for name, _, told in (line.partition(": ") for line in lines)}


def test_an_empty_store_leaves_guesses_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(STUDY.format(seeds=[1, 2, 3, 4, 5]), encoding="utf-8")
    found = said(make_plan(load_study(path)), Store(tmp_path / "empty"))
    assert "if seeds vary by 0.5, " in found["better"]
    assert found["better"].endswith("(guesses: the store has no 3 seeds of both sides to tell)")
    assert "beyond its margin of 1 (" in found["worse"]


def test_two_seeds_are_no_pilot(tmp_path: Path) -> None:
    assert "guesses" in said(*filled(tmp_path, TRUTHS, seeds=2))["better"]


def test_seeds_that_are_there_tell_how_much_more_of_them_would_vary(tmp_path: Path) -> None:
    """The same study with more seeds, of which the store has three: a stage is the same in both."""
    _, store = filled(tmp_path, TRUTHS, seeds=3)
    (tmp_path / "s.toml").write_text(STUDY.format(seeds=[*range(1, 11)]), encoding="utf-8")
    plan = make_plan(load_study(tmp_path / "s.toml"))
    claim = plan.study.claims[0]
    cells = told_by.finished(plan, store.held(), claim)
    assert {cell.seed for cell in cells} == {1, 2, 3}
    own = measured(plan, store, claim, cells)

    sides = [treatment(plan.study, name) for name in claim.contrast]
    usable = averages.countable(rows_of(plan.study, claim, scores(plan, store), sides))
    asked = estimand_of(plan.study, claim)
    found = outcomes(plan, store, usable["stage"].unique())
    tallies = tallied(plan.study, claim, asked, found, sides, Allowance())
    finding = find(tallies, asked, contrast_of(plan.study, claim), seed=1, draws=200)
    assert own.sd_seeds == pytest.approx(finding.parts.sd_seeds)
    assert own.error_items == pytest.approx(finding.parts.error_items)
    assert own.sd_seeds > 0

    found = said(plan, store)["better"]
    assert "(as the 3 seeds in the store do, and as they do not rule out)" in found
    least = power.detectable(10, own.sd_seeds, own.error_items, alpha=0.05 / 2)
    most = power.detectable(10, power.not_ruled_out(own.sd_seeds, 3), own.error_items, alpha=0.05 / 2)
    assert [float(each) for each in re.findall(r"([\d.]+) (?:points or more|if by)", found)] == [
        pytest.approx(least, abs=0.051),
        pytest.approx(most, abs=0.051),
    ]


def test_what_is_finished_on_one_side_alone_tells_nothing(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, TRUTHS)
    held = {cell.stage for cell in plan.cells if cell.arm == "plain"}
    (_, better, *_) = prospects(plan, store, held)
    assert "guesses" in better


def test_more_answers_than_can_be_read_soon_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three claims on two sides with five seeds, two languages and two hundred items each, two are affordable."""
    plan, store = filled(tmp_path, TRUTHS)
    monkeypatch.setattr(told_by, "MOST_ANSWERS", 3 * 2 * 5 * 2 * 200 - 1)
    found = said(plan, store)
    assert ["guesses" in each for each in found.values()] == [False, False, True]
    assert "the store has more answers that would tell than plan reads" in found["alike"]


def test_what_only_resampling_tells_is_guessed(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, TRUTHS)
    claim = plan.study.claims[0].model_copy(update={"estimand": "worst_language"})
    plan = replace(plan, study=plan.study.model_copy(update={"claims": (claim,)}))
    assert "(guesses: WorstLanguage has no interval without resampling" in said(plan, store)["better"]


def test_a_pilots_spread_is_seldom_above_what_it_does_not_rule_out() -> None:
    assert power.not_ruled_out(1.0, 3) == pytest.approx(
        2.117, abs=0.001
    )  # sqrt(2 / 0.4463), from a table of chi squares
    assert power.not_ruled_out(1.0, 1001) == pytest.approx(1.019, abs=0.002)


def test_nothing_that_reads_tables_is_loaded_before_there_are_any(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(STUDY.format(seeds=[1, 2, 3, 4, 5]), encoding="utf-8")
    code = (
        "import sys; from crosswind.cli import main\n"
        "try: main(['plan', 's.toml'], standalone_mode=False)\n"
        "finally: print('loaded', *({'polars', 'torch', 'altair'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "sure to see" in done.stdout
    assert done.stdout.rpartition("loaded")[2].split() == []


def test_the_ledger_and_the_plan_count_the_same_cells(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, TRUTHS)
    for entry in ledger(plan, store):
        assert len({cell.stage for cell in told_by.finished(plan, store.held(), entry.claim)}) >= entry.counted > 0


def test_a_declared_second_look_costs_sight(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, TRUTHS)
    twice = replace(plan, study=plan.study.model_copy(update={"looks": 2}))
    one, two = (float(said(each, store)["better"].partition("sure to see ")[2].split()[0]) for each in (plan, twice))
    assert two > one
