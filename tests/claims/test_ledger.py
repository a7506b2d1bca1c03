"""Claims judged on outcomes whose truth is known: stores are filled with answers instead of trained models."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars
import pytest

from crosswind import results
from crosswind.claimed import digest
from crosswind.console.claimed import told
from crosswind.ledger import Entry, ledger, rows, settled
from crosswind.plan import Plan, make_plan
from crosswind.report.verdicts import grounds, sure
from crosswind.stages import Evaluate, Train, clean, label
from crosswind.stats.estimates import Treatment, between
from crosswind.stats.inference import observed
from crosswind.stats.named import estimand
from crosswind.stats.tallies import tally
from crosswind.store import OUTCOMES, SCORES, Store
from crosswind.study import StudyError
from crosswind.study_file import load_study

STUDY = """
name = "s"
seeds = {seeds}
base = {{ model = "pocket" }}
targets = ["pocket-nli"]
languages = ["solvane", "zhelnik", "tingsao"]
limit = {{ train = 64, dev = 8, test = 200 }}

[[arm]]
name = "plain"

[[arm]]
name = "robust"
objective = {{ kind = "fgm", eps = 0.1 }}
controls = ["random_direction", {{ kind = "update_matched", by = "compute" }}]

[[claim]]
name = "better"
text = "robust training helps"
contrast = {{ robust = 1, plain = -1 }}

[[claim]]
name = "worse"
text = "plain training is better by a point"
contrast = {{ plain = 1, robust = -1 }}
margin = 1.0

[[claim]]
name = "alike"
text = "robust training changes little"
contrast = {{ robust = 1, plain = -1 }}
kind = "equivalence"
margin = 2.0
primary = false
"""


def filled(tmp_path: Path, truths: dict[str, float], seeds: int = 5) -> tuple[Plan, Store]:
    """A store in which the models of an objective are right as often as `truths` says."""
    path = tmp_path / "s.toml"
    path.write_text(STUDY.format(seeds=list(range(1, seeds + 1))), encoding="utf-8")
    plan, store = make_plan(load_study(path)), Store(tmp_path / "store")
    store.prepare()
    for stage in plan.stages.values():
        if isinstance(stage, Evaluate):
            assert isinstance(stage.model, Train)
            write(store, stage, truths[label(stage.model.objective).partition("(")[0]])
    return plan, store


def write(store: Store, stage: Evaluate, truth: float) -> None:
    """Two hundred items, the same ones hard in every language and for every model."""
    language = clean(stage.data).language
    ease = np.random.default_rng(1).normal(0, 0.15, 200)
    draws = np.random.default_rng([stage.seed or 0, len(language), int(1000 * truth)])
    right = (draws.random(200) < np.clip(truth + ease, 0, 1)).astype(float)
    uids = [str(place) for place in range(200)]
    told = {"task": "pocket-nli", "language": language, "condition": "clean", "severity": 0, "draw": 0}
    rows = polars.DataFrame({"example": uids, "cluster": uids, "right": right}).with_columns(
        *(polars.lit(value).alias(name) for name, value in told.items()),
        polars.lit(stage.seed, polars.Int64).alias("seed"),
        polars.lit(value=False).alias("collided"),
        polars.lit("x").alias("answer"),
        polars.lit(1.0).alias("n"),
    )
    score = {
        **told,
        "seed": stage.seed,
        "metric": "accuracy",
        "main": True,
        "value": 100 * right.mean(),
        "examples": 200,
        "changed": 1.0,
        "effective": 1.0,
    }
    work = store.work(stage)
    rows.write_parquet(work / OUTCOMES)
    polars.DataFrame([score]).write_parquet(work / SCORES)
    store.publish(stage, work, (OUTCOMES, SCORES), {}, {})


def judged(tmp_path: Path, truths: dict[str, float], seeds: int = 5) -> dict[str, Entry]:
    plan, store = filled(tmp_path, truths, seeds)
    return {entry.claim.name: entry for entry in ledger(plan, store)}


def test_a_real_difference_is_found_and_its_opposite_refuted(tmp_path: Path) -> None:
    found = judged(tmp_path, {"fgm": 0.75, "erm": 0.55})
    assert (found["better"].standing, found["worse"].standing, found["alike"].standing) == (
        "supported",
        "refuted",
        "refuted",
    )
    better = found["better"]
    assert better.finding is not None
    assert better.finding.value == pytest.approx(20, abs=6)
    assert better.confidence is not None
    assert better.confidence > 0.95
    assert better.adjusted is not None
    assert better.p is not None
    assert better.adjusted >= better.p
    low, high = better.without_language or (0, 0)
    assert low <= better.finding.value <= high


def test_controls_are_rivals_of_the_claim(tmp_path: Path) -> None:
    """Steps in a random direction share the objective's record here, so they do as well; plain passes do not."""
    better = judged(tmp_path, {"fgm": 0.75, "erm": 0.55})["better"]
    shown = {each.name: each.shown for each in better.rivals}
    assert shown == {"robust+random_direction": False, "robust+update_matched(by=compute)": True}


def test_no_difference_supports_no_superiority(tmp_path: Path) -> None:
    found = judged(tmp_path, {"fgm": 0.65, "erm": 0.65})
    assert found["better"].standing == found["worse"].standing.replace("refuted", "inconclusive") == "inconclusive"


def test_few_seeds_decide_nothing(tmp_path: Path) -> None:
    found = judged(tmp_path, {"fgm": 0.9, "erm": 0.4}, seeds=4)
    assert {entry.standing for entry in found.values()} == {"inconclusive"}
    assert "needs 5 seeds or more" in found["better"].because


def test_two_sides_that_learned_nothing_are_not_alike(tmp_path: Path) -> None:
    alike = judged(tmp_path, {"fgm": 0.333, "erm": 0.333})["alike"]
    assert alike.standing == "inconclusive"
    assert "nothing could be lost" in alike.because


def test_an_unfinished_study_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(STUDY.format(seeds=[1, 2]), encoding="utf-8")
    plan, store = make_plan(load_study(path)), Store(tmp_path / "empty")
    text = told(plan, store, "table")
    assert text.count("NO OUTCOMES") == 3
    assert "guessing" not in text
    assert "nothing that it is about is finished; run the study" in " ".join(text.split())


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_the_ledger_is_told_in_every_form(form: str, tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    text = told(plan, store, form)
    assert "robust training helps" in text
    assert "supported" in text.lower()


def test_no_confidence_is_told_as_whole() -> None:
    assert [sure(each) for each in (0.951, 0.98123, 0.9994, 0.99999)] == [
        "95.1 %",
        "98.1 %",
        "above 99.9 %",
        "above 99.9 %",
    ]


def test_primary_claims_have_a_wider_interval_for_all_of_them_together(tmp_path: Path) -> None:
    found = judged(tmp_path, {"fgm": 0.75, "erm": 0.55})
    assert sum(entry.claim.primary for entry in found.values()) > 1
    for entry in found.values():
        if entry.claim.primary:
            assert entry.finding is not None
            assert entry.corrected is not None
            narrow, wide = entry.finding.first, entry.corrected
            assert wide.low < narrow.low < narrow.high < wide.high
            assert f"corrected interval {wide.low:+.2f} to {wide.high:+.2f}" in list(grounds(entry))


def test_each_of_two_looks_has_half_of_the_error_rate(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    better = replace(next(each for each in ledger(plan, store) if each.claim.name == "better"), p=0.03)
    (once,), (twice,) = settled([better]), settled([better], 2)
    assert (once.standing, once.alpha, once.corrected) == ("supported", 0.05, None)
    assert once.confidence == pytest.approx(0.97)
    assert (twice.standing, twice.alpha, twice.confidence) == ("inconclusive", 0.025, None)
    assert twice.because == "p = 0.03 is not below 0.025"
    assert "judged at 0.025, since the study is looked at twice" in list(grounds(twice))
    assert not any("looked at" in each for each in grounds(once))
    (sure,) = settled([replace(better, p=0.01)], 2)
    assert (sure.standing, sure.confidence) == ("supported", pytest.approx(0.98))
    assert once.finding is not None
    assert sure.corrected is not None
    assert (sure.corrected.level, once.finding.first.level) == (pytest.approx(0.975), 0.95)


def test_a_study_declares_its_second_look_and_its_digest_tells(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    text = (tmp_path / "s.toml").read_text(encoding="utf-8")
    (tmp_path / "s.toml").write_text(f"looks = 2{text}", encoding="utf-8")
    again = make_plan(load_study(tmp_path / "s.toml"))
    assert digest(again.study) != digest(plan.study)
    assert {entry.alpha for entry in ledger(again, store)} == {0.025}
    (tmp_path / "s.toml").write_text(f"looks = 3{text}", encoding="utf-8")
    with pytest.raises(StudyError, match="looks: expected 1 or 2, found 3"):
        load_study(tmp_path / "s.toml")


def test_families_are_left_out_one_at_a_time(tmp_path: Path) -> None:
    """Three families of four languages; without either the range is that of the rest."""
    path = tmp_path / "s.toml"
    own = STUDY.format(seeds=[1, 2, 3, 4, 5]).replace('"tingsao"]', '"tingsao", "quenzo"]')
    path.write_text(own + '\n[pocket]\nlanguages = ["quenzo~order=SOV"]\n', encoding="utf-8")
    plan, store = make_plan(load_study(path)), Store(tmp_path / "store")
    store.prepare()
    for stage in plan.stages.values():
        if isinstance(stage, Evaluate):
            assert isinstance(stage.model, Train)
            write(store, stage, 0.6 if label(stage.model.objective) == "erm" else 0.7)
    entry = next(each for each in ledger(plan, store) if each.claim.name == "better")
    assert entry.without_family is not None
    asked = estimand("clean")
    outcomes = results.outcomes(plan, store).filter(polars.col("language") != "solvane")
    contrast = between(Treatment("robust"), Treatment("plain"))
    rest = [
        observed([tally(outcomes.filter(~polars.col("language").is_in(kin)), "accuracy")], asked, contrast)
        for kin in (["zhelnik"], ["tingsao"], ["quenzo", "quenzo~order=SOV"])
    ]
    assert entry.without_family == pytest.approx((min(rest), max(rest)))
    assert entry.without_language is not None
    assert "without any one family of languages" in "; ".join(grounds(entry))


def test_languages_of_three_families_of_one_have_one_range(tmp_path: Path) -> None:
    assert judged(tmp_path, {"fgm": 0.75, "erm": 0.55})["better"].without_family is None


def test_what_could_not_be_controlled_for_stands_in_the_grounds_and_in_the_files(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    better, worse, _ = ledger(replace(plan, uncontrolled={"better": ("robust can have no such control",)}), store)
    assert "robust can have no such control" in list(grounds(better))
    assert [row["uncontrolled"] for row in rows([better, worse])] == ["robust can have no such control", ""]


def test_a_control_that_is_a_side_of_the_claim_is_no_rival_of_it(tmp_path: Path) -> None:
    plan, store = filled(tmp_path, {"fgm": 0.75, "erm": 0.55})
    contrast = {"robust": 1.0, "robust+update_matched(by=compute)": -1.0}
    claim = plan.study.claims[0].model_copy(update={"contrast": contrast})
    (entry,) = ledger(replace(plan, study=plan.study.model_copy(update={"claims": (claim,)})), store)
    assert entry.standing == "supported"
    assert [each.name for each in entry.rivals] == ["robust+random_direction"]
