"""Scale iso: rates that leave equally much of the text, found from the texts alone."""

from pathlib import Path
from typing import Any

import pytest

from crosswind import calibration, results
from crosswind.calibration import TARGETS, calibrated, likeness
from crosswind.console.running import crew, execute
from crosswind.perturbations.case import Case
from crosswind.perturbations.draws import rank
from crosswind.perturbations.homoglyph import Homoglyph
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.space import Space
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.plan import make_plan
from crosswind.stages import Perturb
from crosswind.store import Store
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.text.item import Item
from tests.studies import small_study


def items(language: str, count: int = 300) -> list[Item]:
    task = PocketNli()
    return [task.format.item(each, "pocket-nli", "test", language) for each in task.examples(language, "test", count)]


@pytest.mark.parametrize("language", ["solvane", "tingsao", "lanthep"])
def test_every_level_leaves_its_share_of_the_text(language: str) -> None:
    found = calibrated(TypoEdit(), items(language))
    assert found.items == calibration.ITEMS
    assert [*found.rates["word"]] == sorted(found.rates["word"])
    assert found.reached == pytest.approx(TARGETS, abs=0.7)


def test_words_of_one_sign_need_a_lower_rate() -> None:
    dense, long = (calibrated(TypoEdit(), items(language)).rates["word"][2] for language in ("tingsao", "solvane"))
    assert dense < 0.7 * long


def test_rates_hang_on_the_items_of_lowest_rank_and_on_nothing_else() -> None:
    every = items("solvane")
    lowest = sorted(every, key=lambda item: rank(item.dataset, item.split, item.uid))[: calibration.ITEMS]
    assert calibrated(TypoEdit(), every) == calibrated(TypoEdit(), lowest[::-1])


def test_the_reached_chrf_is_that_of_the_sampled_texts() -> None:
    every = items("zhelnik", calibration.ITEMS)
    found = calibrated(TypoEdit(), every)
    texts = [likeness(TypoEdit(), sample(TypoEdit(), item, 4, 1, rates=found.rates)) for item in every]
    assert sum(sum(each) / len(each) for each in texts) / len(texts) == pytest.approx(found.reached[3], abs=0.5)


def test_kinds_share_the_rate_as_they_do_at_level_three() -> None:
    found = calibrated(Space(), items("solvane")).rates
    assert found["join"] == found["split"] == tuple(rate / 2 for rate in found["syllables"])
    assert set(found["inside"]) == {0.0}


def test_what_cannot_reach_a_level_says_so() -> None:
    found = calibrated(Homoglyph(), items("lanthep"))
    saturated = [level for level in range(1, 6) if found.saturated(level)]
    assert [level for level, target in enumerate(TARGETS, 1) if found.least > target] == saturated != []
    assert f"mean chrF is {found.least:.1f} with all that can be edited, and level 5 means 72" in found.saturated(5)
    none = calibrated(TypoEdit(), items("solvane", 3)[:0])
    assert (none.items, none.least, bool(none.saturated(1))) == (0, 100.0, True)


def run(folder: Path, **changes: Any) -> tuple[Any, Store]:
    plan = make_plan(small_study(seeds=(1,), arms=({"name": "plain"},), targets=("pocket-nli",), **changes))
    store = Store(folder)
    assert execute(plan, store, crew(plan, workers=1)).complete
    return plan, store


def test_a_study_finds_its_rates_and_keeps_them_in_the_record(tmp_path: Path) -> None:
    condition = {"perturbation": "typo_edit", "severities": (1, 5), "draws": (1, 2), "scale": "iso"}
    plan, store = run(tmp_path, conditions=(condition, {"perturbation": "typo_edit", "severities": (1,)}))
    made = [stage for stage in plan.stages.values() if isinstance(stage, Perturb)]
    facts = {
        (stage.data.language, stage.scale, stage.severity, stage.draw): store.record(stage).facts for stage in made
    }
    for language in ("solvane", "zhelnik"):
        rates = [each["rates"] for key, each in facts.items() if key[:2] == (language, "iso")]
        assert len(rates) == 4
        assert all(each == rates[0] for each in rates)
        own = facts[language, "iso", 5, 1]
        assert own["targets"] == list(TARGETS)
        assert own["chrf"] == pytest.approx(72, abs=6)  # over all items and not only those that were asked
        assert not own["inapplicable"]
        assert facts[language, "rate", 1, 1]["rates"] == {"word": [0.05, 0.1, 0.15, 0.2, 0.3]}
    scores = results.scores(plan, store)
    assert set(scores["condition"]) == {"clean", "typo_edit", "typo_edit, iso"}
    assert dict(scores.select("condition", "scale").unique().rows()) == {
        "clean": None,
        "typo_edit": "rate",
        "typo_edit, iso": "iso",
    }


def test_a_level_that_cannot_be_reached_is_a_cell_with_its_reason(tmp_path: Path) -> None:
    condition = {"perturbation": "homoglyph", "severities": (5,), "scale": "iso"}
    plan, store = run(tmp_path, languages=("lanthep",), conditions=(condition,))
    row = results.scores(plan, store).filter(condition="homoglyph, iso").row(0, named=True)
    assert (row["status"], row["value"]) == ("n/a", None)
    assert row["reason"].startswith("saturated: mean chrF is ")


def test_only_shares_of_words_have_another_scale() -> None:
    with pytest.raises(ValueError, match="scale iso is for shares of words, and the levels of case:upper"):
        small_study(conditions=({"perturbation": {"kind": "case", "to": "upper"}, "scale": "iso"},))
    assert Case(to="upper").label not in calibration.WORD_RATE
