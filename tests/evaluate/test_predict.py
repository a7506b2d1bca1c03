"""Raw outputs: each distinct input once, and the same whatever it was batched with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from crosswind.evaluate.predict import Beside, Cache, Pool, answers, outputs
from crosswind.formats import FORMATS, MINE, RETRIEVE
from crosswind.formats.base import Encoding, Feature
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.retrieve import NUM_RANKED, Candidate, Lookup
from crosswind.formats.subwords import Tokens
from crosswind.methods.full import Full
from crosswind.models.backbone import load_encoder, load_tokenizer, local
from crosswind.models.heads import HEADS, num_scores
from crosswind.models.model import Model
from tests.formats.specimens import SPECIMENS, Specimen
from tests.tiny import Tiny

MAX_LENGTH = 60
Setup = Callable[[str], tuple[Model, Specimen, Encoding, int]]
every = pytest.mark.parametrize("name", sorted(SPECIMENS))


@pytest.fixture
def setup(tiny_encoder: Tiny) -> Setup:
    """A model for a specimen's format, the specimen, its encoding and the padding id."""

    def build(name: str, family: str = "xlm-roberta") -> tuple[Model, Specimen, Encoding, int]:
        specimen, source = SPECIMENS[name](), local(tiny_encoder(family))
        encoder, tokenizer = load_encoder(source, dropout=0.5), load_tokenizer(source)
        labels = num_scores(specimen.form.name, len(specimen.labels), encoder)
        head = HEADS[specimen.form.name](encoder.width, labels, 0.5, torch.Generator().manual_seed(1))
        for tensor in head.parameters():
            torch.nn.init.normal_(tensor, generator=torch.Generator().manual_seed(2))
        encoding = specimen.form.encode(specimen.examples, specimen.labels, tokenizer, MAX_LENGTH)
        return Model(encoder, head, Full()), specimen, encoding, tokenizer.pad_token_id

    return build


class Task:
    """What `answers` reads of a task."""

    def __init__(self, specimen: Specimen):
        self.format, self.labels = specimen.form, specimen.labels


def watched(model: Model) -> list[int]:
    """The sizes of all batches that the model runs from now on."""
    sizes: list[int] = []
    model.encoder.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    return sizes


def shorter(row: Tokens) -> Tokens:
    """A row without its second token."""
    return Tokens(row.ids[:1] + row.ids[2:], row.types[:1] + row.types[2:])


def test_every_format_is_here() -> None:
    assert {SPECIMENS[name]().form.name for name in SPECIMENS} == FORMATS.keys()


@every
@pytest.mark.parametrize("family", ["xlm-roberta", "mt5"])
def test_outputs_are_those_of_single_runs_in_any_order(name: str, family: str, setup: Any) -> None:
    model, _, encoding, pad = setup(name, family)
    features = encoding.features
    together = outputs(model, features, pad, 2000, {})
    back = outputs(model, features[::-1], pad, 300, {})[::-1]
    for feature, one, other in zip(features, together, back, strict=True):
        (alone,) = outputs(model, [feature], pad, 1, {})
        assert one.shape == other.shape == alone.shape
        np.testing.assert_allclose(one, alone, rtol=0, atol=2e-5)
        np.testing.assert_allclose(other, alone, rtol=0, atol=2e-5)
        assert one.dtype == np.float32


@every
def test_equal_rows_are_run_once(name: str, setup: Setup) -> None:
    model, _, encoding, pad = setup(name)
    sizes = watched(model)
    cache: Cache = {}
    doubled = [*encoding.features, *(replace(feature, example=99) for feature in encoding.features)]
    first = outputs(model, doubled, pad, 2000, cache)
    rows = {row for feature in encoding.features for row in feature.rows}
    assert sum(sizes) == len(rows)
    half = len(encoding.features)
    assert all(np.array_equal(one, other) for one, other in zip(first[:half], first[half:], strict=True))
    again = outputs(model, encoding.features[::-1], pad, 2000, cache)
    assert sum(sizes) == len(rows)
    assert all(np.array_equal(one, other) for one, other in zip(again[::-1], first[:half], strict=True))
    assert cache.keys() == rows


def test_only_what_is_new_is_run(setup: Setup) -> None:
    model, _, encoding, pad = setup("classify")
    cache: Cache = {}
    outputs(model, encoding.features[:4], pad, 2000, cache)
    sizes = watched(model)
    outputs(model, encoding.features, pad, 2000, cache)
    assert sum(sizes) == len(encoding.features) - 4


def test_a_candidate_is_run_once_whatever_happens_to_the_queries(setup: Setup) -> None:
    model, specimen, encoding, pad = setup("retrieve-anywhere")
    sizes = watched(model)
    cache: Cache = {}
    outputs(model, encoding.features, pad, 2000, cache)
    shared = {row for feature in encoding.features for row in feature.rows[1:]}
    queries = {feature.rows[0] for feature in encoding.features}
    assert sum(sizes) == len(shared | queries) < sum(len(feature.rows) for feature in encoding.features)
    moved = [replace(feature, rows=(shorter(feature.rows[0]), *feature.rows[1:])) for feature in encoding.features]
    del sizes[:]
    found = outputs(model, moved, pad, 2000, cache)
    assert sum(sizes) == len({feature.rows[0] for feature in moved} - shared - queries)
    assert [len(each) for each in found] == [1 + len(example.candidates) for example in specimen.examples]


def test_batches_keep_to_the_limit(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _, encoding, pad = setup("classify")
    seen: list[int] = []
    monkeypatch.setattr(
        model, "forward", lambda batch: seen.append(batch.ids_RL.numel()) or Model.forward(model, batch)
    )
    outputs(model, encoding.features, pad, 130, {})
    longest = max(feature.length for feature in encoding.features)
    assert len(seen) > 2
    assert max(seen) <= max(130, longest)


def test_asking_leaves_no_trace_but_the_mode(setup: Setup) -> None:
    model, _, encoding, pad = setup("classify")
    model.train()
    before = torch.get_rng_state()
    found = outputs(model, encoding.features, pad, 500, {})
    assert torch.equal(before, torch.get_rng_state())
    assert not model.training
    assert all(isinstance(output, np.ndarray) for output in found)
    assert all(tensor.grad is None for tensor in model.parameters())


def test_nothing_asked_nothing_run(setup: Setup) -> None:
    model, _, _, pad = setup("classify")
    sizes = watched(model)
    assert outputs(model, [], pad, 100, {}) == []
    assert sizes == []


@every
def test_answers_come_in_the_order_of_the_examples(name: str, setup: Setup) -> None:
    model, specimen, encoding, pad = setup(name)
    found = outputs(model, encoding.features, pad, 500, {})
    given = answers(Task(specimen), specimen.examples, encoding.features, found)  # type: ignore[arg-type]
    assert len(given) == len(specimen.examples)
    if specimen.form in (RETRIEVE, MINE):
        return
    for index, (example, answer) in enumerate(zip(specimen.examples, given, strict=True)):
        own = [i for i, feature in enumerate(encoding.features) if feature.example == index]
        alone = specimen.form.decode(
            example, specimen.labels, [encoding.features[i] for i in own], [found[i] for i in own]
        )
        assert answer == alone


def test_a_choice_may_have_more_candidates_than_sub_words(setup: Setup) -> None:
    model, _, _, pad = setup("choose")
    feature = Feature(0, tuple(Tokens((0, 10 + i, 2), (0, 0, 0)) for i in range(6)), 5)
    assert outputs(model, [feature], pad, 100, {})[0].shape == (6,)


@pytest.mark.parametrize("is_other", [False, True])
def test_rankings_are_over_distinct_candidates(is_other: bool) -> None:
    examples = [
        Lookup(uid=str(i), cluster="1", query="q", candidate=name, candidate_uid=name, gold=(name,))
        for i, name in enumerate(("a", "b", "a"))
    ]
    if is_other:
        examples[1] = replace(examples[0], others=(Candidate("b", "b"),))
    vectors = {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 1.0])}
    queries = [np.array([0.9, 0.1]), np.array([0.2, 0.7]), np.array([0.0, 1.0])]
    found = [
        np.stack([query, *(vectors[each.uid] for each in example.candidates)])
        for query, example in zip(queries, examples, strict=True)
    ]

    class Ranking:
        format, labels = RETRIEVE, ()

    given = answers(Ranking(), examples, [], found)  # type: ignore[arg-type]
    assert [answer.value for answer in given] == [("a", "b"), ("b", "a"), ("b", "a")]
    assert given[0].margin == pytest.approx(0.8)


def query(number: int, *candidates: str) -> Lookup:
    """A query that brings candidates along, or none."""
    first, *others = candidates or ("",)
    return Lookup(
        uid=str(number),
        cluster="1",
        query="q",
        candidate=first,
        candidate_uid=first,
        gold=("c0",),
        others=tuple(Candidate(name, name) for name in others),
    )


@pytest.mark.parametrize("whole", [True, False])
def test_rankings_are_those_of_one_product_per_query_ties_included(whole: bool) -> None:
    draws = np.random.default_rng(1)
    vectors = draws.integers(-2, 3, (60, 16)) if whole else draws.standard_normal((60, 16))
    vectors = np.concatenate([vectors, vectors[::2]]).astype(np.float32)  # half of them stand there twice
    names = [f"c{i}" for i in range(len(vectors))]
    queries = draws.integers(-2, 3, (40, 16)).astype(np.float32)
    examples = [query(i, *names[i::40]) for i in range(40)]
    found = [np.stack([queries[i], *vectors[i::40]]) for i in range(40)]
    order = [name for example in examples for name in (each.uid for each in example.candidates)]
    places = np.array([names.index(name) for name in order])
    given = answers(ranking(), examples, [], found)
    for own, answer in zip(queries, given, strict=True):
        similarity = vectors[places] @ own
        expected = (-similarity).argsort(kind="stable")[:NUM_RANKED]
        assert answer.value == tuple(order[i] for i in expected)
        assert answer.margin == pytest.approx(similarity[expected[0]] - similarity[expected[1]], abs=1e-5)


def ranking() -> Any:
    class Ranking:
        format, labels = RETRIEVE, ()

    return Ranking()


def test_a_pool_beside_the_examples_gives_the_answers_of_one_that_they_carry() -> None:
    draws = np.random.default_rng(1)
    vectors, queries = draws.standard_normal((30, 8)).astype(np.float32), draws.standard_normal((10, 8))
    names = [f"c{i}" for i in range(30)]
    carrying = [query(i, *names[3 * i : 3 * i + 3]) for i in range(10)]
    found = [np.stack([queries[i], *vectors[3 * i : 3 * i + 3]]) for i in range(10)]
    bare = [query(i) for i in range(10)]
    assert all(each.candidates == () for each in bare)
    given = answers(ranking(), bare, [], [rows[:1] for rows in found], Beside(Pool(names, vectors)))
    assert given == answers(ranking(), carrying, [], found)


def test_pairs_are_mined_from_the_threshold_on() -> None:
    class Mining:
        format, labels = MINE, ()

    examples = [
        Sentence(uid=uid, cluster=uid, text=uid, side=side)
        for uid, side in (("a", OWN), ("A", OTHER), ("b", OWN), ("B", OTHER), ("c", OWN))
    ]
    vectors = {"a": (9, 1), "A": (9, 1), "b": (1, 9), "B": (3, 9), "c": (5, 5)}
    found = [np.array([vectors[each.uid]], np.float32) / np.linalg.norm(vectors[each.uid]) for each in examples]
    everything = answers(Mining(), examples, [], found)  # type: ignore[arg-type]
    assert [answer.value for answer in everything] == ["A", "", "B", "", ""]
    low = answers(Mining(), examples, [], found, Beside(threshold=0.5))  # type: ignore[arg-type]
    assert [answer.value for answer in low] == ["A", "", "B", "", ""]
    best = max(answer.margin for answer in low)
    high = answers(Mining(), examples, [], found, Beside(threshold=0.5 + best))  # type: ignore[arg-type]
    assert [answer.margin for answer in high] == pytest.approx([0.0] * len(examples))
    assert sum(bool(answer.value) for answer in high) == 1
