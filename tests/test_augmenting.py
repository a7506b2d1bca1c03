"""Training on changed text, from a study to trained weights: what is drawn, when, and with which labels."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosswind.augmenting import Drawing
from crosswind.formats.base import Format
from crosswind.machine import Resources
from crosswind.perturbations.substitute import Substitute
from crosswind.plan import make_plan, trainings
from crosswind.stages import Dataset, Perturb, Train
from crosswind.store import EXAMPLES, WEIGHTS, Store
from crosswind.study import Study
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.train.augmented import Beside, Tokens
from crosswind.work import perform
from crosswind.workshop import Workshop
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import log_lines

GOLDEN = Path(__file__).parent / "golden" / "substituted.json"
ROWS = 24


def planned(task: str = "pocket-nli", seeds: tuple[int, ...] = (1,), **arm: Any) -> list[Train]:
    """The trainings of one arm on a target of few rows."""
    study = Study.model_validate(
        {
            "name": "augmented",
            "seeds": seeds,
            "base": {"model": "pocket"},
            "targets": (task,),
            "languages": ("solvane",),
            "limit": {"train": ROWS, "dev": 8, "test": 8},
            "recipe": {"epochs": 2, "batch": 8, "learning_rate": 1e-3, "selection": "last", "max_length": 64},
            "arm": ({"name": "one", **arm},),
        }
    )
    return list(trainings(make_plan(study).stages))


def workshop(folder: Path, **more: Any) -> Workshop:
    return Workshop(Store(folder), Resources(checkpoint_seconds=1e9), **more)


def filled(folder: Path, stage: Train) -> Workshop:
    """A workshop whose store has what a training reads."""
    shop = workshop(folder)
    sets: dict[str, Any] = {}
    for data in stage.data:
        if isinstance(data, Perturb):
            sets |= {data.data.id: data.data}
        sets |= {data.id: data}
    assert all(result.status == "done" for result in perform(list(sets.values()), shop))
    return shop


def trained(shop: Workshop, stage: Train) -> bytes:
    """The weights that a training leaves, byte for byte."""
    (result,) = perform([stage], shop)
    assert result.status == "done", result
    return shop.store.file(stage, WEIGHTS).read_bytes()


def drawing(folder: Path, task: str = "pocket-nli", mode: str = "online", **augment: Any) -> Drawing:
    (stage,) = planned(
        task,
        augment={"mode": mode, **augment},
        objective="consistency" if mode == "view" else "erm",
    )
    return Drawing.of(stage, filled(folder, stage))


def texts(drawn: Drawing, numbers: range | list[int], epoch: int) -> list[Any]:
    return [[row for feature in each.features for row in feature.rows] for each in drawn(numbers, epoch)]


TYPOS = {"perturbation": "typo_edit", "severity": 5}


def test_an_epoch_hangs_on_the_seed_and_on_nothing_else(tmp_path: Path) -> None:
    one, other = drawing(tmp_path / "a", **TYPOS), drawing(tmp_path / "b", **TYPOS)
    first = texts(one, range(ROWS), 0)
    second = texts(one, range(ROWS), 1)
    assert sum(a != b for a, b in zip(first, second, strict=True)) > ROWS // 2
    backwards = list(range(ROWS))[::-1]
    assert texts(other, backwards, 1) == second[::-1]
    assert [texts(other, [number], 0)[0] for number in range(ROWS)] == first
    third, fourth = planned(seeds=(1, 2), augment=TYPOS)
    shop = filled(tmp_path / "c", third)
    assert texts(Drawing.of(third, shop), range(ROWS), 0) == first
    assert texts(Drawing.of(fourth, shop), range(ROWS), 0) != first


@pytest.mark.parametrize("task", ["pocket-nli", "pocket-copa", "pocket-tags", "pocket-ner", "pocket-qa"])
@pytest.mark.parametrize("change", [TYPOS, {"perturbation": "substitute"}, {"perturbation": "codeswitch"}], ids=str)
def test_labels_come_along(tmp_path: Path, task: str, change: Any) -> None:
    drawn = drawing(tmp_path, task, **change)
    (own,) = drawn.sets
    form: Format[Any] = own.form
    changed = 0
    for number, example in enumerate(own.before):
        _, _, after = own.changed(number)
        form.check(after, own.labels)
        changed += after != example
        if task == "pocket-qa":
            assert len(after.answers) == len(example.answers)
        elif task in {"pocket-tags", "pocket-ner"}:
            assert (after.tags, len(after.tokens)) == (example.tags, len(example.tokens))
        else:
            assert form.gold(after) == form.gold(example)
    assert changed > len(own.before) // 3
    rows = drawn.rows
    clean = [feature for features in own.clean for feature in features]
    lesson = rows.lesson(range(len(clean)), 1)
    assert len(lesson.features) == len(clean)
    assert {"changed_words", "unmatched"} == lesson.told.keys()
    assert 0.05 < lesson.told["changed_words"] < 0.9


def test_answers_are_put_into_another_language_whole_or_not_at_all(tmp_path: Path) -> None:
    drawn = drawing(tmp_path, "pocket-qa", perturbation={"kind": "codeswitch", "cross": 1.0})
    (own,) = drawn.sets
    for number, example in enumerate(own.before):
        _, _, after = own.changed(number)
        for before, quote in zip(example.answers, after.answers, strict=True):
            if " " in before.text:
                assert quote.text == before.text


@pytest.mark.parametrize("task", ["pocket-nli", "pocket-qa", "pocket-tags"])
def test_no_change_is_plain_training_bit_for_bit(tmp_path: Path, task: str) -> None:
    (plain,) = planned(task)
    (left,) = planned(task, augment={"perturbation": {"kind": "codeswitch", "ratio": 0.0}})
    shop = filled(tmp_path, plain)
    assert left.id != plain.id
    expected = trained(shop, plain)
    assert trained(shop, left) == expected
    facts = shop.store.record(left).facts
    assert facts["updates"] == shop.store.record(plain).facts["updates"]
    assert facts["augment"]["language"]["solvane"]["changed_words"] == 0


def test_an_empty_table_is_plain_training_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (plain,), (left,) = planned(), planned(augment={"perturbation": "substitute"})
    monkeypatch.setattr(Substitute, "words", lambda *_: {"solvane": {}})
    shop = filled(tmp_path, plain)
    assert trained(shop, left) == trained(shop, plain)


def test_unchanged_examples_read_again_are_the_same_features(tmp_path: Path) -> None:
    """What is not read again for speed would be just what it is."""
    for task in ("pocket-nli", "pocket-qa", "pocket-tags"):
        (own,) = drawing(tmp_path / task, task, **TYPOS).sets
        for number in range(0, len(own.before), 5):
            again = own.encoded([own.before[number]])
            assert [each.rows for each in again] == [each.rows for each in own.clean[number]]
            assert [each.target for each in again] == [each.target for each in own.clean[number]]


def stopping_after(count: int) -> Any:
    calls: Iterator[int] = iter(range(10_000))
    return lambda: next(calls) >= count


@pytest.mark.parametrize("mode", ["online", "view"])
def test_resumed_is_uninterrupted(tmp_path: Path, mode: str) -> None:
    objective = "consistency" if mode == "view" else "erm"
    (stage,) = planned(augment={**TYPOS, "mode": mode}, objective=objective)
    whole = trained(filled(tmp_path / "a", stage), stage)
    filled(tmp_path / "b", stage)
    (result,) = perform([stage], workshop(tmp_path / "b", stop=stopping_after(3)))
    assert result.status == "stopped"
    assert trained(workshop(tmp_path / "b"), stage) == whole


def test_views_stand_beside_the_text_as_it_is(tmp_path: Path) -> None:
    drawn = drawing(tmp_path, "pocket-tags", mode="view", **TYPOS)
    (own,) = drawn.sets
    rows = drawn.rows
    assert isinstance(rows, Beside)
    clean = [feature for features in own.clean for feature in features]
    lesson = rows.lesson(range(len(clean)), 0)
    assert lesson.features == clean
    assert any(view.feature.rows != feature.rows for view, feature in zip(lesson.views, clean, strict=True))
    for view, feature in zip(lesson.views, clean, strict=True):
        assert view.own == feature.places
        assert view.its == view.feature.places


def test_words_that_changed_places_align(tmp_path: Path) -> None:
    drawn = drawing(tmp_path, "pocket-tags", mode="view", perturbation="shuffle_local", severity=5)
    (own,) = drawn.sets
    moved = 0
    for number, each in enumerate(drawn(range(len(own.before)), 0)):
        assert isinstance(each.alignment, Tokens)
        _, _, after = own.changed(number)
        for place, was in enumerate(each.alignment.order):
            assert was is not None
            assert after.tokens[place] == own.before[number].tokens[was]
            moved += place != was
    assert moved


def test_contexts_align_word_by_word(tmp_path: Path) -> None:
    drawn = drawing(tmp_path, "pocket-qa", mode="view", **TYPOS)
    (own,) = drawn.sets
    compared = 0
    for number, each in enumerate(drawn(range(len(own.before)), 0)):
        item, found, after = own.changed(number)
        assert each.alignment is not None
        before, now = each.alignment.before, each.alignment.after  # type: ignore[attr-defined]
        assert list(before) == list(item.fields["context"].words)
        for one, other in zip(before, now, strict=True):
            same = own.before[number].context[slice(*one)] == after.context[slice(*other)]
            compared += same
            assert same or found.edits["context"]
        assert all(start < end for start, end in now)
    assert compared
    lesson = drawn.rows.lesson(range(len(own.before)), 0)
    for view, feature in zip(lesson.views, lesson.features, strict=True):
        alone = own.before[feature.example].context[feature.places[0][1] : feature.places[-1][2]]
        assert view.terms or not any(map(str.isalpha, alone))


def test_consistency_is_logged(tmp_path: Path) -> None:
    (stage,) = planned("pocket-qa", augment={**TYPOS, "mode": "view"}, objective="consistency")
    shop = filled(tmp_path, stage)
    trained(shop, stage)
    (plain,) = planned("pocket-qa")
    trained(shop, plain)
    lines = [line for line in log_lines(shop.store.folder(stage)) if "loss" in line]
    assert lines[-1]["skipped_share"] < 0.1
    assert lines[-1]["changed_words"] > 0.05
    assert lines[-1]["divergence"] >= 0
    facts = shop.store.record(stage).facts
    assert facts["augment"]["char noise"]["solvane"]["unmatched"] < 0.5
    assert facts["tokens"] > 1.9 * shop.store.record(plain).facts["tokens"]


def test_copies_are_the_text_that_was_read(tmp_path: Path) -> None:
    """Substituted training text as it was read by eye, and its numbers."""
    data = Dataset(task=PocketNli(), language="solvane", split="train", limit=8)
    stages = [Perturb(data=data, perturbation=Substitute(), severity=1, draw=copy) for copy in (1, 2)]
    shop = workshop(tmp_path)
    perform([data, *stages], shop)
    found: dict[str, Any] = {}
    for stage in stages:
        own = shop.examples(stage)
        found[str(stage.draw)] = [[each.first, each.second, each.label] for each in own]
        facts = shop.store.record(stage).facts
        assert facts["replaced"] == {"neighbour": facts["edited"] / facts["words"]}
        assert facts["unmatched"] == 0
    assert found["1"] != found["2"]
    if os.environ.get("CROSSWIND_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_copies_take_the_place_of_the_text(tmp_path: Path) -> None:
    (stage,) = planned(augment={"perturbation": "substitute", "mode": "offline", "copies": 3})
    assert [each.draw for each in stage.data if isinstance(each, Perturb)] == [1, 2, 3]
    shop = filled(tmp_path, stage)
    trained(shop, stage)
    assert shop.store.record(stage).facts["updates"] == 3 * 2 * ROWS // 8
    assert (shop.store.folder(stage.data[0]) / EXAMPLES).exists()
