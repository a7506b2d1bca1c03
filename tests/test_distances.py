"""Radii in distances between words and their translations, from the study file to the page."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosswind.console.running import crew
from crosswind.perturbations.dictionary import PocketLexicon
from crosswind.plan import Plan, make_plan, trainings
from crosswind.report.page import page
from crosswind.stages import Train
from crosswind.store import Store
from crosswind.study_file import load_study
from crosswind.work import perform
from crosswind.workshop import Workshop
from tests.studies import small_study
from tests.train.conftest import one_thread  # noqa: F401


def planned(objective: Any, **changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "targets": ("pocket-nli",),
        "languages": ("solvane", "zhelnik", "quenzo"),
        "seeds": (1,),
        "arms": ({"name": "moved", "objective": objective},),
        "conditions": (),
    }
    return make_plan(small_study(**(fields | changes)))


def only_training(plan: Plan) -> Train:
    (found,) = trainings(plan.stages)
    return found


def made(plan: Plan, folder: Path) -> Store:
    store = Store(folder)
    store.prepare()
    resources = replace(crew(plan, 1, 1, "cpu").resources, checkpoint_seconds=1e9)
    found = perform(list(plan.stages.values()), Workshop(store, resources))
    assert {result.status for result in found} == {"done"}, [result.message for result in found]
    return store


TRANSLATION = {"kind": "noise", "eps": 0.5, "unit": "translation", "shape": "sphere"}


def test_a_radius_in_translations_hangs_on_the_dictionary_and_no_other_does() -> None:
    own = only_training(planned(TRANSLATION))
    assert own.distances is not None
    assert (own.distances.dictionary, own.distances.languages) == (PocketLexicon(), ("quenzo", "zhelnik"))
    assert only_training(planned("noise")).distances is None
    fewer = only_training(planned(TRANSLATION, languages=("solvane", "zhelnik")))
    assert fewer.id != own.id


def test_without_a_dictionary_there_is_no_such_unit() -> None:
    hub = {"model": "org/encoder", "revision": "0" * 40}
    with pytest.raises(ValueError, match="no dictionary is named: say dictionary"):
        planned(TRANSLATION, base=hub)
    assert only_training(planned(TRANSLATION, base=hub, dictionary="lexicon")).distances is not None
    with pytest.raises(ValueError, match="translates solvane into no language"):
        planned(TRANSLATION, languages=("solvane",))


def test_tasks_that_take_turns_are_measured_in_their_one_language(tmp_path: Path) -> None:
    arm = {"name": "moved", "objective": TRANSLATION, "sequences": ((("pocket-nli", "pocket-tags"),),)}
    plan = planned(TRANSLATION, targets=("pocket-paws",), arms=(arm,))
    store = made(plan, tmp_path)
    mixed, last = trainings(plan.stages)
    assert mixed.sampler is not None
    assert mixed.distances is not None
    assert mixed.distances == last.distances
    geometry = store.record(mixed).facts["geometry"]
    assert geometry["translation"] > 0
    assert geometry["radius"] == pytest.approx(0.5 * geometry["translation"])
    elsewhere = arm | {"sequences": ((("mnli", "pocket-nli"),),)}
    with pytest.raises(ValueError, match=r"mnli\+pocket-nli have no one source language \(en, solvane\)"):
        planned(TRANSLATION, arms=(elsewhere,))


def test_a_study_file_names_a_folder_of_dictionaries(tmp_path: Path) -> None:
    text = """
name = "d"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli"]
dictionary = "WHERE"
[[arm]]
name = "moved"
objective = { kind = "fgm", unit = "translation" }
"""
    path = tmp_path / "study.toml"
    path.write_text(text.replace("WHERE", "words"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"dictionary: .*words is no folder"):
        load_study(path)
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "solvane-zhelnik.tsv").write_text("tako\tmiru\n", encoding="utf-8")
    study = load_study(path)
    own = only_training(make_plan(study)).distances
    assert own is not None
    assert own.languages == ("zhelnik",)
    (digest,) = own.dictionary.places or study.library.contents
    assert study.library.contents[digest] == str((tmp_path / "words" / "solvane-zhelnik.tsv").resolve())


def test_the_record_and_the_page_say_how_far_in_every_unit(tmp_path: Path) -> None:
    plan = planned(TRANSLATION)
    store = made(plan, tmp_path)
    facts = store.record(only_training(plan)).facts
    geometry, (epoch,) = facts["geometry"], facts["epochs"]
    assert geometry["radius"] == pytest.approx(0.5 * geometry["translation"])
    assert set(geometry["languages"]) == {"zhelnik", "quenzo"}
    assert epoch["delta_translation"] == pytest.approx(0.5, rel=1e-4)
    assert epoch["delta_l2"] == pytest.approx(geometry["radius"], rel=1e-4)
    html = page(plan, store)
    assert "How far embeddings were moved" in html
    assert f"{geometry['radius'] / geometry['token_norm']:.3g}" in html


def test_a_log_tells_of_translations_where_radii_do_not_hang_on_them(tmp_path: Path) -> None:
    plan = planned("noise")
    facts = made(plan, tmp_path).record(only_training(plan)).facts
    assert facts["geometry"]["translation"] > 0
    (epoch,) = facts["epochs"]
    assert epoch["delta_translation"] == pytest.approx(epoch["delta_l2"] / facts["geometry"]["translation"])


def test_a_training_that_moves_nothing_measures_nothing(tmp_path: Path) -> None:
    plan = planned("erm")
    store = made(plan, tmp_path)
    assert "geometry" not in store.record(only_training(plan)).facts
    assert "How far embeddings were moved" not in page(plan, store)
