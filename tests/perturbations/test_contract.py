"""What every catalogued perturbation promises. A new one is picked up here by its line in the catalogue."""

import itertools
import json
import os
import random
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from crosswind import catalog
from crosswind.perturbations import applicability
from crosswind.perturbations.base import Perturbation, Perturbed, Rated, Rewrite
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.legality import ORPHAN
from crosswind.perturbations.sampling import propose, rewritten, sample
from crosswind.perturbations.units import MAX_OPTIONS, weights_of
from crosswind.text.clusters import clusters
from crosswind.text.edits import Edit, apply, inside, straddles
from crosswind.text.item import Item
from tests.perturbations.specimens import (
    EDITING,
    PERTURBATIONS,
    RATED,
    REWRITING,
    items_for,
    plain_items,
    stocked,
    tagged_items,
    token_items,
)

GOLDEN = Path(__file__).parent / "golden"

every = pytest.mark.parametrize("perturbation", PERTURBATIONS, ids=lambda found: found.label)
rewrites = pytest.mark.parametrize("perturbation", REWRITING, ids=lambda found: found.label)
rated = pytest.mark.parametrize("perturbation", RATED, ids=lambda found: found.label)
bounded = settings(deadline=None, max_examples=60)


def draw_for(perturbation: Perturbation) -> Draw:
    return Draw("test", perturbation.label, 1, "fixture", "test")


@every
@bounded
@given(plain_items())
def test_running_text_stays_sound(perturbation: Perturbation, item: Item) -> None:
    for level in perturbation.levels.severities:
        check(sample(perturbation, item, level, seed=1))


@pytest.mark.parametrize("perturbation", EDITING, ids=lambda found: found.label)
@bounded
@given(token_items())
def test_tokens_stay_tokens(perturbation: Perturbation, item: Item) -> None:
    for level in perturbation.levels.severities:
        perturbed = sample(perturbation, item, level, seed=1)
        check(perturbed)
        check_tokens(perturbed)


@rewrites
@bounded
@given(tagged_items())
def test_tokens_are_rewritten_with_their_labels(perturbation: Rewrite, tagged: tuple[Item, tuple[str, ...]]) -> None:
    item, labels = tagged
    tokens = tokens_of(item)
    clean = rewritten(perturbation, item, labels, 0, seed=1)
    assert (clean.tokens, clean.labels) == (tokens, labels)
    for level in perturbation.levels.severities:
        found = rewritten(perturbation, item, labels, level, seed=1)
        assert found == rewritten(perturbation, item, labels, level, seed=1)
        assert len(found.tokens) == len(found.labels)
        assert all(found.tokens)
        assert unicodedata.is_normalized("NFC", " ".join(found.tokens))
        if found.order:
            assert sorted(found.order) == list(range(len(tokens)))
            assert found.tokens == tuple(tokens[place] for place in found.order)
            assert found.labels == tuple(labels[place] for place in found.order)
        elif found.edits:
            assert apply(item.fields["tokens"].text, found.edits) == " ".join(found.tokens)
        else:
            assert (found.tokens, found.labels) == (tokens, labels)


@rewrites
@given(tagged_items())
def test_words_with_labels_are_not_sampled(perturbation: Rewrite, tagged: tuple[Item, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="call sampling"):
        sample(perturbation, tagged[0], 1, seed=1)


def tokens_of(item: Item) -> tuple[str, ...]:
    field = item.fields["tokens"]
    return tuple(field.text[slice(*span)] for span in field.keep)


def check(perturbed: Perturbed) -> None:
    """Real edits, NFC, no new orphans, keep spans projected and filled, frozen spans untouched."""
    for name, field in perturbed.item.fields.items():
        edits, text = perturbed.edits[name], perturbed.text(name)
        assert text == apply(field.text, edits)
        assert unicodedata.is_normalized("NFC", text)
        assert len(ORPHAN.findall(text)) <= len(ORPHAN.findall(field.text))
        assert clusters_led_by_marks(text) <= clusters_led_by_marks(field.text)
        for start, end in field.keep:
            left, right = perturbed.projection(name).span((start, end))
            inner = [Edit(e.start - start, e.end - start, e.new) for e in edits if inside(e, (start, end))]
            assert not any(straddles(edit, (start, end)) for edit in edits)
            assert text[left:right] == apply(field.text[start:end], inner) != ""
        for start, end in field.frozen:
            left, right = perturbed.projection(name).span((start, end))
            assert text[left:right] == field.text[start:end]


def clusters_led_by_marks(text: str) -> int:
    return sum(unicodedata.category(text[start])[0] == "M" for start, _ in clusters(text))


def check_tokens(perturbed: Perturbed) -> None:
    """As many tokens as before, none empty, none with more white space, joined they are the text or begin it."""
    field, projection = perturbed.item.fields["tokens"], perturbed.projection("tokens")
    spans = [projection.span(span) for span in field.keep]
    text = perturbed.text("tokens")
    tokens = [text[start:end] for start, end in spans]
    assert all(tokens)
    more = text.removeprefix(" ".join(tokens))
    assert text == " ".join(tokens) + more
    assert more == "".join(f" {token}" for token in more.split())
    for token, (start, end) in zip(tokens, field.keep, strict=True):
        assert sum(map(str.isspace, token)) <= sum(map(str.isspace, field.text[start:end]))


@every
@bounded
@given(plain_items())
def test_level_nought_changes_nothing(perturbation: Perturbation, item: Item) -> None:
    assert not any(sample(perturbation, item, 0, seed=1).edits.values())


@rated
@bounded
@given(plain_items())
def test_rates_of_nought_change_nothing(perturbation: Rated, item: Item) -> None:
    nought = dict.fromkeys(perturbation.levels.rates, (0.0,))
    assert not any(sample(perturbation, item, 1, seed=1, rates=nought).edits.values())


@rated
@bounded
@given(plain_items())
def test_severities_are_nested(perturbation: Rated, item: Item) -> None:
    for free in (None, perturbation.levels.rates):
        levels = [sample(perturbation, item, level, 1, rates=free) for level in perturbation.levels.severities]
        for gentle, harsh in itertools.pairwise(levels):
            assert all(set(gentle.edits[name]) <= set(harsh.edits[name]) for name in item.fields)


@every
def test_no_item_depends_on_another(perturbation: Perturbation) -> None:
    items = items_for(perturbation)
    top = perturbation.levels.severities[-1]
    together = {item.uid: sample(perturbation, item, top, seed=1).edits for item in items}
    random.Random(0).shuffle(items)
    assert {item.uid: sample(perturbation, item, top, seed=1).edits for item in items[::3]}.items() <= together.items()


@rated
def test_seeds_and_suites_are_independent(perturbation: Rated) -> None:
    half = dict.fromkeys(perturbation.levels.rates, (0.5,))

    def edits(seed: int, suite: str) -> list[object]:
        return [sample(perturbation, item, 1, seed, suite=suite, rates=half).edits for item in items_for(perturbation)]

    assert edits(1, "a") != edits(2, "a")
    assert edits(1, "a") != edits(1, "b")
    assert edits(1, "a") == edits(1, "a")


@rated
def test_the_share_of_selected_units_is_the_nominal_rate(perturbation: Rated) -> None:
    kinds = perturbation.levels.rates
    for kind, shares in kinds.items():
        for share in shares:
            rates = {other: (share if other == kind else 0.0,) for other in kinds}
            hits, trials = selected_units(perturbation, kind, rates)
            assert trials >= 2000
            assert abs(hits - share * trials) <= 3 * (trials * share * (1 - share)) ** 0.5 + 1e-9


def selected_units(perturbation: Rated, kind: str, rates: dict[str, tuple[float, ...]]) -> tuple[int, int]:
    """How many of at least 2,000 units are selected, over enough seeds."""
    items = items_for(perturbation)
    units = sum(unit.kind == kind for item in items for unit in perturbation.units(item))
    assert units, f"no fixture sentence has a unit of kind {kind!r}: add one to tests/perturbations/extra_sentences.py"
    seeds = range(-(-2000 // units))
    results = [sample(perturbation, item, 1, seed, rates=rates) for seed in seeds for item in items]
    hits = sum(len(result.trace) + len(result.barren) + len(result.withdrawn) for result in results)
    return hits, units * len(seeds)


@rated
def test_units_are_numbered_by_field_and_kind(perturbation: Rated) -> None:
    for item in items_for(perturbation):
        units = list(perturbation.units(item))
        assert len(units) == len(perturbation.units(item))
        counts = Counter[tuple[str, str]]()
        for unit in units:
            assert unit.index == counts[unit.field, unit.kind]
            counts[unit.field, unit.kind] += 1


@rated
def test_options_are_few_real_weighted_and_repeatable(perturbation: Rated) -> None:
    draw = draw_for(perturbation)
    for item in items_for(perturbation):
        for unit in perturbation.units(item):
            options = perturbation.options(item, unit, draw)
            assert list(options) == list(perturbation.options(item, unit, draw))
            assert len(options) <= MAX_OPTIONS
            assert list(weights_of(options)) == [option.weight for option in options]
            for option in options:
                assert option.weight > 0
                assert option.edits[0][0] == unit.field
                assert all(item.fields[name].text[edit.start : edit.end] != edit.new for name, edit in option.edits)


@rated
@bounded
@given(plain_items())
def test_proposed_options_are_legal_one_by_one(perturbation: Rated, item: Item) -> None:
    for unit, options in propose(perturbation, item, draw_for(perturbation)):
        for option in options:
            edits = dict.fromkeys(item.fields, ()) | {name: (edit,) for name, edit in option.edits}
            check(Perturbed(item, edits, ((unit, option.op),)))


@every
def test_hash_seeds_do_not_matter(perturbation: Perturbation) -> None:
    code = (
        "from tests.perturbations.specimens import PERTURBATIONS, items_for\n"
        "from crosswind.perturbations.sampling import sample\n"
        f"p = next(p for p in PERTURBATIONS if p.label == {perturbation.label!r})\n"
        "print([sample(p, item, p.levels.severities[-1], 1).edits for item in items_for(p)])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@every
def test_bytes_are_those_that_were_read(perturbation: Perturbation) -> None:
    """The golden texts were read by eye; where they must change, VERSION is raised and the new ones are read again."""
    top = perturbation.levels.severities[-1]
    found = {item.uid: sample(perturbation, item, top, seed=1).text("text") for item in items_for(perturbation)}
    path = GOLDEN / f"{perturbation.label.replace(':', '-')}.json"
    if os.environ.get("CROSSWIND_WRITE_GOLDEN"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert path.exists(), f"run once with CROSSWIND_WRITE_GOLDEN=1 to write {path}, then read it line by line"
    assert found == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", catalog.FAMILIES["perturbations"])
@pytest.mark.parametrize("role", applicability.ROLES)
def test_the_table_of_applicability_has_a_row(name: str, role: str) -> None:
    assert applicability.validity(name, role, "en", 1) in {"A", "B", "C", None}


@every
def test_a_level_that_does_not_exist_is_refused(perturbation: Perturbation) -> None:
    with pytest.raises(ValueError, match="no level 9"):
        sample(perturbation, items_for(perturbation)[0], 9, seed=1)


@every
def test_fields_narrow_a_perturbation(perturbation: Perturbation) -> None:
    top = perturbation.levels.severities[-1]
    narrowed = type(perturbation)(**perturbation.model_dump() | {"fields": ("hypothesis",)})
    changed = 0
    for item in items_for(perturbation):
        fields = dict.fromkeys(("premise", "hypothesis"), item.fields["text"])
        pair = Item("fixture", "test", "1", fields, stocked(fields))
        both, one = sample(perturbation, pair, top, seed=1), sample(narrowed, pair, top, seed=1)
        assert one.edits == {"premise": (), "hypothesis": both.edits["hypothesis"]}
        changed += bool(one.edits["hypothesis"])
    assert changed
    with pytest.raises(ValueError, match="hypothesis"):
        sample(narrowed, items_for(perturbation)[0], top, seed=1)
