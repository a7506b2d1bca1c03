"""What every format promises: gold targets decode to gold answers, and perturbed text comes back as an example."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crosswind.evaluate.metrics import METRICS
from crosswind.formats import FORMATS, MINE, RETRIEVE
from crosswind.formats.base import Answer, Example, Feature
from crosswind.formats.retrieve import pool
from crosswind.formats.tables import read_examples, write_examples
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from tests.formats.specimens import SPECIMENS, Specimen, oracle
from tests.tiny import ENCODERS

MAX_LENGTH = 256
MOST = dict.fromkeys(TypoEdit().levels.rates, (0.9,) * 5)
every = pytest.mark.parametrize("name", sorted(SPECIMENS))
families = pytest.mark.parametrize("family", sorted(ENCODERS))


def perfect(specimen: Specimen, features: list[Feature]) -> list[Answer]:
    """The answers of a model that knows the targets."""
    form = specimen.form
    if form is RETRIEVE:
        names = list(pool(specimen.examples))
        near = [np.array([float(name in each.gold) for name in names]) for each in specimen.examples]
        return [form.decode(each, names, [], [near[i]]) for i, each in enumerate(specimen.examples)]
    if form is MINE:
        return [form.decode(each, [each.partner] if each.partner else [], [], [1.0]) for each in specimen.examples]
    answers = []
    for index, example in enumerate(specimen.examples):
        own = [feature for feature in features if feature.example == index]
        answers.append(form.decode(example, specimen.labels, own, [oracle(form, f, specimen.labels) for f in own]))
    return answers


def main_score(specimen: Specimen, examples: Any, answers: list[Answer]) -> float:
    metric = METRICS[specimen.metric]
    rows = [metric.measure(specimen.form.gold(e), a.value, "en") for e, a in zip(examples, answers, strict=True)]
    return metric.scores(metric.totals(rows))[metric.main]


def test_every_format_has_specimens() -> None:
    assert {make().form.name for make in SPECIMENS.values()} == FORMATS.keys()
    assert all(form.name == name for name, form in FORMATS.items())


@every
@families
def test_targets_decode_to_gold(name: str, family: str, tokenizer_of: Callable[[str], Any]) -> None:
    specimen = SPECIMENS[name]()
    encoding = specimen.form.encode(specimen.examples, specimen.labels, tokenizer_of(family), MAX_LENGTH)
    assert encoding.truncated == 0
    answers = perfect(specimen, encoding.features)
    examples = list(specimen.examples)
    if name.startswith("span"):
        for example, answer in zip(examples, answers, strict=True):
            gold = example.answers[0].text if example.answers else ""
            if not gold:
                assert answer.value == ""
                continue
            if f" {gold} " in example.context:
                assert answer.value == gold
            else:  # a piece may reach over the answer's edge
                assert gold in answer.value
                assert len(answer.value) < len(example.context)
    else:
        assert main_score(specimen, examples, answers) == pytest.approx(100.0)
    shifted = [*answers[1:], answers[0]]
    if name not in {"tag", "mlm"}:  # what a guess is compared with is hidden in the features
        assert main_score(specimen, examples, shifted) < 90.0


@every
@families
def test_features_are_in_order_short_enough_and_real_input(
    name: str, family: str, tokenizer_of: Callable[[str], Any]
) -> None:
    specimen, tokenizer = SPECIMENS[name](), tokenizer_of(family)
    for max_length in (40, MAX_LENGTH):
        features = specimen.form.encode(specimen.examples, specimen.labels, tokenizer, max_length).features
        indices = [feature.example for feature in features]
        assert indices == sorted(indices)
        assert set(indices) == set(range(len(specimen.examples)))
        for feature in features:
            assert feature.units >= 0
            for row in feature.rows:
                assert 0 < len(row) <= max_length
                assert len(row.ids) == len(row.types)
                assert all(0 <= token < len(tokenizer) for token in row.ids)
                assert set(row.types) <= {0, 1}


@every
def test_no_examples_give_no_features(name: str, tokenizer_of: Callable[[str], Any]) -> None:
    specimen = SPECIMENS[name]()
    encoding = specimen.form.encode([], specimen.labels, tokenizer_of("bert"), MAX_LENGTH)
    assert (encoding.features, encoding.truncated) == ([], 0)


@every
def test_an_encoding_does_not_depend_on_its_neighbours(name: str, tokenizer_of: Callable[[str], Any]) -> None:
    specimen, tokenizer = SPECIMENS[name](), tokenizer_of("xlm-roberta")
    together = specimen.form.encode(specimen.examples, specimen.labels, tokenizer, 40)
    alone = [specimen.form.encode([example], specimen.labels, tokenizer, 40) for example in specimen.examples]
    moved = [replace(feature, example=i) for i, each in enumerate(alone) for feature in each.features]
    assert together.features == moved
    assert together.truncated == sum(each.truncated for each in alone)


@every
def test_level_zero_restores_the_example(name: str) -> None:
    specimen = SPECIMENS[name]()
    for example in specimen.examples:
        item = specimen.form.item(example, "fixture", "test", example.uid)
        assert {key: field.text for key, field in item.fields.items()} == specimen.form.fields(example)
        assert specimen.form.restore(example, sample(TypoEdit(), item, 0, seed=1)) == example


@every
def test_perturbed_examples_keep_labels_and_have_answers_at_their_offsets(
    name: str, tokenizer_of: Callable[[str], Any]
) -> None:
    specimen, tokenizer = SPECIMENS[name](), tokenizer_of("modernbert")
    changed: list[Example] = []
    for example in specimen.examples:
        item = specimen.form.item(example, "fixture", "test", example.uid)
        perturbed = sample(TypoEdit(), item, 5, seed=1, rates=MOST)
        changed.append(specimen.form.restore(example, perturbed))
        texts = specimen.form.fields(changed[-1])
        assert texts == {key: perturbed.text(key) for key in item.fields}
        assert (changed[-1].uid, changed[-1].cluster) == (example.uid, example.cluster)
    moved = [
        specimen.form.fields(a) != specimen.form.fields(b) for a, b in zip(changed, specimen.examples, strict=True)
    ]
    assert sum(moved) > len(moved) // 2
    specimen = replace(specimen, examples=tuple(changed))
    features = specimen.form.encode(changed, specimen.labels, tokenizer, MAX_LENGTH).features  # raises on lost answers
    if not name.startswith("span"):
        assert main_score(specimen, changed, perfect(specimen, features)) == pytest.approx(100.0)


@every
def test_examples_survive_a_table(name: str, tmp_path: Path) -> None:
    specimen = SPECIMENS[name]()
    write_examples(tmp_path / "examples.parquet", specimen.form, specimen.examples)
    assert read_examples(tmp_path / "examples.parquet", specimen.form) == list(specimen.examples)


@every
def test_gold_and_answers_have_a_spelling(name: str, tokenizer_of: Callable[[str], Any]) -> None:
    specimen = SPECIMENS[name]()
    features = specimen.form.encode(specimen.examples, specimen.labels, tokenizer_of("bert"), MAX_LENGTH).features
    for example, answer in zip(specimen.examples, perfect(specimen, features), strict=True):
        assert isinstance(specimen.form.spell(specimen.form.gold(example)), str)
        assert isinstance(specimen.form.spell(answer.value), str)
        assert answer.margin >= 0


def test_unknown_labels_are_named(tokenizer_of: Callable[[str], Any]) -> None:
    for name in ("classify", "tag"):
        specimen = SPECIMENS[name]()
        with pytest.raises(ValueError, match=r"example 'tr' has label.*the task knows (no|O)$"):
            specimen.form.encode(specimen.examples[1:], specimen.labels[:1], tokenizer_of("bert"), MAX_LENGTH)


def test_an_answer_that_is_no_choice_is_an_error(tokenizer_of: Callable[[str], Any]) -> None:
    specimen = SPECIMENS["choose"]()
    wrong = replace(specimen.examples[0], answer=2)
    with pytest.raises(ValueError, match="'en' names choice 2 of 2"):
        specimen.form.encode([wrong], (), tokenizer_of("bert"), MAX_LENGTH)
