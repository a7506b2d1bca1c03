"""Runs that failed: which they are, and what claims make of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crosswind import results
from crosswind.console.claimed import told
from crosswind.failures import Run, Toll, bars_of, judge, lost_of, luck, models_of, scaled, tolls
from crosswind.ledger import Entry, ledger, rows
from crosswind.plan import Plan, make_plan
from crosswind.report import contrasts
from crosswind.report.page import page
from crosswind.stages import Evaluate, Perturb, Train, label
from crosswind.stats.estimates import Treatment
from crosswind.store import Store
from crosswind.study_file import load_study
from tests.claims.test_ledger import STUDY, write

PLAIN, ROBUST = Treatment("plain"), Treatment("robust")
NLI = "pocket-nli"
Fate = float | str  # a dev score, or "diverged", or "missing"


def filled(
    tmp_path: Path,
    truths: Mapping[str, float],
    fates: Mapping[tuple[str, int], Fate],
    seeds: int = 5,
    more: str = "",
) -> tuple[Plan, Store]:
    """A store of answers in which trainings ended as `fates` says, and else with a dev score of 80."""
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "s.toml"
    path.write_text(STUDY.format(seeds=list(range(1, seeds + 1))) + more, encoding="utf-8")
    plan, store = make_plan(load_study(path)), Store(tmp_path / "store")
    store.prepare()
    ends: dict[str, Fate] = {}
    for run, (model,) in models_of(plan, results.scores(plan, store)).items():
        ends[model.id] = fates.get((run.treatment.arm, run.seed), ends.get(model.id, 80.0))
    for stage in plan.stages.values():
        if isinstance(stage, Train):
            publish(store, stage, ends[stage.id])
    for stage in plan.stages.values():
        if isinstance(stage, Evaluate) and isinstance(stage.model, Train) and isinstance(ends[stage.model.id], float):
            costs = 0.1 if isinstance(stage.data, Perturb) else 0.0
            write(store, stage, truth_of(stage.model, truths, ends[stage.model.id]) - costs)
    return plan, store


def truth_of(model: Train, truths: Mapping[str, float], end: Fate) -> float:
    """How often a model is right: a collapsed one as often as one that guesses, others less on perturbed text."""
    return 1 / 3 if isinstance(end, float) and end < 40 else truths[label(model.objective).partition("(")[0]]


def publish(store: Store, stage: Train, end: Fate) -> None:
    """A record of a training."""
    if end == "missing":
        return
    facts: dict[str, Any] = {"wall_seconds": 1.0, "peak_memory": 1, "tokens": 1, "updates": 1, "trained_parameters": 1}
    facts |= {"units": 1, "truncated": 0, "epochs": [], "dev": end if isinstance(end, float) else None}
    store.publish(stage, store.work(stage), (), facts, {}, "diverged at update 3" if end == "diverged" else "")


def judged(tmp_path: Path, *given: Any, **more: Any) -> dict[str, Entry]:
    plan, store = filled(tmp_path, *given, **more)
    return {entry.claim.name: entry for entry in ledger(plan, store)}


def tolls_of(plan: Plan, store: Store) -> dict[Treatment, Toll]:
    scores = results.scores(plan, store)
    return {toll.treatment: toll for toll in tolls(scores, judge(plan, store, scores))}


def test_runs_fail_by_diverging_or_by_collapsing(tmp_path: Path) -> None:
    """Guessing scores 33.3 of 100; the best median is 80, so the bar is at 33.3 + 0.2 * 46.7 = 42.7."""
    fates: dict[tuple[str, int], Fate] = {("robust", 1): "diverged", ("robust", 2): 42.6, ("robust", 3): 42.7}
    plan, store = filled(tmp_path, {"fgm": 0.7, "erm": 0.6}, fates | {("robust", 5): "missing"})
    found = tolls_of(plan, store)
    assert found[ROBUST] == Toll(NLI, ROBUST, planned=5, finished=4, diverged=1, collapsed=1, unscored=0)
    assert found[PLAIN] == Toll(NLI, PLAIN, planned=5, finished=5, diverged=0, collapsed=0, unscored=0)
    assert found[ROBUST].interval.mean == 0.5
    assert found[ROBUST].told == "2 of 4 runs of robust on pocket-nli failed, 1 diverged and 1 collapsed"
    scores = results.scores(plan, store)
    assert judge(plan, store, scores).bars[NLI] == pytest.approx(0.2 * (80 - 100 / 3) / (2 / 3))
    assert {(each.treatment, each.seed) for each in lost_of(scores)[NLI]} == {(ROBUST, 1)}


def test_without_a_dev_score_nobody_can_say_that_a_run_collapsed(tmp_path: Path) -> None:
    text = STUDY.format(seeds=[1, 2]).replace("limit =", 'recipe = { selection = "last" }\nlimit =')
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    plan, store = make_plan(load_study(tmp_path / "s.toml")), Store(tmp_path / "store")
    store.prepare()
    for stage in plan.stages.values():
        if isinstance(stage, Train):
            assert stage.dev == ()
            publish(store, stage, "none")
        if isinstance(stage, Evaluate):
            write(store, stage, 0.5)
    assert tolls_of(plan, store)[PLAIN] == Toll(NLI, PLAIN, 2, 2, diverged=0, collapsed=0, unscored=2)


def test_the_bar_is_at_a_fifth_of_the_best_median_in_which_diverged_runs_guess() -> None:
    devs = {Run("t", PLAIN, 1): 60.0, Run("t", PLAIN, 2): 50.0, Run("t", PLAIN, 3): 10.0}
    assert bars_of(devs, {}) == {"t": pytest.approx(0.2 * 50)}
    lucky = {Run("t", ROBUST, 1): 90.0, Run("t", ROBUST, 2): 0.0, Run("t", ROBUST, 3): 0.0}
    assert bars_of(devs | lucky, {}) == {"t": pytest.approx(0.2 * 50)}


def test_where_nobody_has_learned_anything_nobody_has_collapsed() -> None:
    assert bars_of({Run("t", PLAIN, 1): 4.9, Run("t", ROBUST, 1): -20.0}, {}) == {}


def test_what_few_dev_items_give_by_luck_is_nothing_learned(tmp_path: Path) -> None:
    """Of eight items with three choices the standard deviation of guessing is a sixth; of what it leaves, a quarter."""
    plan, _ = filled(tmp_path, {"fgm": 0.7, "erm": 0.6}, {}, seeds=1)
    stage = next(each for each in plan.stages.values() if isinstance(each, Train))
    assert luck(stage) == pytest.approx(100 * (2 / 9 / 8) ** 0.5 * 3 / 2) == pytest.approx(25)
    assert bars_of({Run("t", PLAIN, 1): 49.0, Run("t", ROBUST, 1): -9.0}, {"t": luck(stage)}) == {}
    assert bars_of({Run("t", PLAIN, 1): 51.0, Run("t", ROBUST, 1): -9.0}, {"t": luck(stage)}) == {
        "t": pytest.approx(0.2 * 51)
    }


def test_dev_scores_are_put_on_the_scale_of_tasks_that_take_turns(tmp_path: Path) -> None:
    plan, _ = filled(tmp_path, {"fgm": 0.7, "erm": 0.6}, {}, seeds=1)
    stage = next(each for each in plan.stages.values() if isinstance(each, Train))
    assert (scaled(stage, 100 / 3), scaled(stage, 100.0)) == (pytest.approx(0), pytest.approx(100))
    assert scaled(stage.model_copy(update={"dev": ()}), 12.5) == 12.5


def test_a_control_that_is_not_trained_on_the_target_is_not_judged_by_another_tasks_dev_set(tmp_path: Path) -> None:
    text = """
name = "s"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli", "pocket-tatoeba"]
languages = ["zhelnik"]
limit = { train = 64, dev = 8, test = 20 }
[[arm]]
name = "full"
sequences = [["pocket-paws"]]
"""
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    plan, store = make_plan(load_study(tmp_path / "s.toml")), Store(tmp_path / "store")
    store.prepare()
    for stage in plan.stages.values():
        if isinstance(stage, Train):
            publish(store, stage, 80.0)
    found = judge(plan, store, results.scores(plan, store))
    assert {run.target for run in found.trained} == {"pocket-nli", "pocket-tatoeba"}
    assert {run.target for run in found.scored} == {"pocket-nli"}


TRUTHS = {"fgm": 0.8, "erm": 0.65}


def test_a_method_that_breaks_is_not_judged_by_the_runs_that_did_not(tmp_path: Path) -> None:
    """Its good runs are 15 points better; two of seven guess, 47 points below what it else has."""
    whole = judged(tmp_path / "whole", TRUTHS, {}, seeds=7)["better"]
    fates = {("robust", 2): "diverged", ("robust", 5): "diverged"}
    found = judged(tmp_path / "part", TRUTHS, fates, seeds=7)["better"]
    assert whole.finding is not None
    assert found.finding is not None
    assert (whole.standing, whole.failed, whole.sensitivity) == ("supported", 0, None)
    assert (found.standing, found.failed) == ("inconclusive", 2)
    assert found.finding.is_paired
    assert found.finding.runs == 7
    expected = {seed: own for seed, own in whole.finding.by_seed.items() if seed not in (2, 5)}
    assert {seed: found.finding.by_seed[seed] for seed in expected} == pytest.approx(expected)
    assert max(found.finding.by_seed[seed] for seed in (2, 5)) < -20
    assert found.counted == found.planned


def test_beside_it_stands_what_it_would_be_without_failed_runs(tmp_path: Path) -> None:
    fates = {("robust", 2): "diverged", ("robust", 5): "diverged"}
    plan, store = filled(tmp_path, TRUTHS, fates, seeds=7)
    found = {entry.claim.name: entry for entry in ledger(plan, store)}["better"]
    other = found.sensitivity
    assert found.finding is not None
    assert other is not None
    assert other.finding is not None
    assert [*other.finding.by_seed] == [1, 3, 4, 6, 7]
    assert (other.standing, found.rests_on_failed) == ("supported", True)
    assert other.medians == pytest.approx(other.finding.value, abs=4)
    text = " ".join(told(plan, store, "table").split())
    assert "2 of 7 runs of robust on pocket-nli diverged" in text
    assert "runs that diverged count as guessing" in text
    assert "this rests on runs that failed: without their seeds it would be supported" in text
    row = next(each for each in rows([found]))
    assert (row["failed"], row["diverged"], row["collapsed"], row["rests_on_failed"]) == (2, 2, 0, True)
    assert row["without_failed_effect"] == other.finding.value


def test_a_verdict_that_only_failed_runs_carry_says_so_in_its_headline(tmp_path: Path) -> None:
    """Equal methods, of which one collapses in all seeds but two."""
    fates = {("plain", seed): 30.0 for seed in range(1, 9)}
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.75}, fates, seeds=10)
    found = {entry.claim.name: entry for entry in ledger(plan, store)}["better"]
    assert (found.standing, found.rests_on_failed) == ("supported", True)
    assert found.sensitivity is not None
    assert found.sensitivity.standing == "inconclusive"
    assert "SUPPORTED, but not against robust+random_direction" in told(plan, store, "table")
    assert "resting on runs that failed" in " ".join(told(plan, store, "table").split())


def test_a_verdict_that_lacks_only_seeds_without_failed_runs_does_not_rest_on_them(tmp_path: Path) -> None:
    """One of five collapses in the arm that is worse anyhow: the effect is as clear in the other four."""
    plan, store = filled(tmp_path, {"fgm": 0.9, "erm": 0.5}, {("plain", 3): 30.0})
    found = {entry.claim.name: entry for entry in ledger(plan, store)}["better"]
    assert (found.standing, found.failed, found.rests_on_failed) == ("supported", 1, False)
    assert found.sensitivity is not None
    assert found.sensitivity.finding is not None
    assert (found.sensitivity.standing, found.sensitivity.finding.runs) == ("supported", 4)


def test_a_side_that_always_diverges_is_guessing_and_that_is_said(tmp_path: Path) -> None:
    fates = {("robust", seed): "diverged" for seed in range(1, 6)}
    plan, store = filled(tmp_path, TRUTHS, fates)
    found = {entry.claim.name: entry for entry in ledger(plan, store)}
    assert found["better"].standing == "refuted"
    assert found["better"].finding is not None
    assert found["better"].finding.value == pytest.approx(100 / 3 - 65, abs=6)
    text = " ".join(told(plan, store, "table").split())
    assert "a side of which all runs diverged is guessing itself" in text
    assert "REFUTED, though nothing is left without runs that failed" in text
    assert found["better"].sensitivity is not None
    assert "no seed is left" in found["better"].sensitivity.because


def test_two_sides_that_always_diverge_are_not_alike(tmp_path: Path) -> None:
    fates = {(arm, seed): "diverged" for seed in range(1, 6) for arm in ("plain", "robust")}
    found = judged(tmp_path, TRUTHS, fates)
    assert {entry.standing for entry in found.values()} == {"no outcomes"}
    assert "every finished run of either side diverged" in found["alike"].because


def test_a_control_that_diverged_is_not_beaten_in_silence(tmp_path: Path) -> None:
    control = "robust+update_matched(by=compute)"
    plan, store = filled(tmp_path, TRUTHS, {(control, 1): "diverged"}, seeds=6)
    found = {entry.claim.name: entry for entry in ledger(plan, store)}["better"]
    assert {each.name: each.diverged for each in found.rivals}[control] == 1
    assert (found.failed, found.sensitivity) == (0, None)
    assert "(1 run of it diverged)" in " ".join(told(plan, store, "table").split())


CLAIMS = """
[[claim]]
name = "relative"
text = "robust training keeps more"
contrast = { robust = 1, plain = -1 }
estimand = "relative_chance"
primary = false

[[claim]]
name = "sturdier"
text = "robust training loses less"
contrast = { robust = 1, plain = -1 }
estimand = "gain_interaction"
primary = false

[[condition]]
perturbation = "typo_edit"
severities = [3]
"""


def test_losses_leave_diverged_runs_out_and_say_so(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, TRUTHS, {("robust", 2): "diverged"}, seeds=6, more=CLAIMS)
    found = {entry.claim.name: entry for entry in ledger(plan, store)}
    assert found["better"].diverged == "guesses"
    for name in ("sturdier", "relative"):
        own = found[name]
        assert own.diverged == "left out"
        assert own.failed == 1
        assert own.finding is not None, own.because
        assert [*own.finding.by_seed] == [1, 3, 4, 5, 6]
        assert not own.rests_on_failed
    assert "seeds in which a run diverged are left out" in " ".join(told(plan, store, "table").split())


def test_a_collapsed_run_has_no_share_that_it_could_keep(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, TRUTHS, {("robust", 2): 34.0}, seeds=6, more=CLAIMS)
    found = {entry.claim.name: entry for entry in ledger(plan, store)}["relative"]
    assert (found.standing, found.failed) == ("no outcomes", 1)
    assert "robust, seed 2" in found.because
    assert found.sensitivity is not None
    assert found.sensitivity.finding is not None
    assert [*found.sensitivity.finding.by_seed] == [1, 3, 4, 5, 6]


def by_name(plan: Plan, store: Store) -> dict[tuple[str, str], contrasts.Difference]:
    found = contrasts.differences(plan, store, results.scores(plan, store))
    return {(each.treatment, each.asked): each for each in found}


def test_differences_from_the_first_arm_count_diverged_runs_as_claims_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, store = filled(tmp_path, TRUTHS, {("robust", 2): "diverged"}, seeds=6, more=CLAIMS)
    found = by_name(plan, store)
    entries = {entry.claim.name: entry.finding for entry in ledger(plan, store)}
    for asked, name in (("on clean text", "better"), ("on perturbed text beyond clean text", "sturdier")):
        finding, own = entries[name], found["robust", asked]
        assert finding is not None
        assert (own.value, own.low, own.high) == pytest.approx(
            (finding.first.value, finding.first.low, finding.first.high)
        )
    monkeypatch.setattr(contrasts, "MOST_ANSWERS", 0)
    by_seeds = by_name(plan, store)
    for asked in ("on clean text", "on perturbed text"):
        assert by_seeds["robust", asked].over == "seeds"
        assert by_seeds["robust", asked].value == pytest.approx(found["robust", asked].value)


def test_an_arm_that_always_diverged_has_its_differences_and_two_of_them_have_none(tmp_path: Path) -> None:
    lost = {("robust", seed): "diverged" for seed in range(1, 6)}
    found = by_name(*filled(tmp_path / "one", TRUTHS, lost))
    assert found["robust", "on clean text"].value == pytest.approx(100 / 3 - 65, abs=6)
    both = lost | {("plain", seed): "diverged" for seed in range(1, 6)}
    found = by_name(*filled(tmp_path / "both", TRUTHS, both))
    assert {each.reference for each in found.values()} == {"plain"}
    assert ("robust", "on clean text") not in found


def test_the_page_counts_failed_runs_by_arm(tmp_path: Path) -> None:
    fates: dict[tuple[str, int], Fate] = {("robust", 2): "diverged", ("plain", 5): 30.0}
    plan, store = filled(tmp_path, TRUTHS, fates)
    html = page(plan, store)
    assert "Runs that failed" in html
    assert "20 % <small>4 % to 62 %</small>" in html  # Wilson's interval of one in five
    assert "<small>and 1 diverged</small>" in html
    whole = page(*filled(tmp_path / "whole", TRUTHS, {}))
    assert "and 1 diverged" not in whole
    assert "None of the 20 runs that are finished diverged" in whole
