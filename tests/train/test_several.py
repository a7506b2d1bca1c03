"""Several tasks in one stage: whose turn it is, what each of them reads, what learns, what is resumed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, combinations_with_replacement, pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare
from torch import Tensor

from crosswind import catalog
from crosswind.formats.base import Feature
from crosswind.methods.full import Full
from crosswind.models.batch import collate
from crosswind.models.heads import HEADS, num_scores
from crosswind.models.model import Model
from crosswind.models.several import HeadOfEach
from crosswind.objectives.base import Objective
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.samplers.base import Sampler
from crosswind.samplers.capped import Capped
from crosswind.samplers.given import Given
from crosswind.samplers.proportional import Proportional
from crosswind.samplers.schedule import Schedule
from crosswind.samplers.temperature import Temperature
from crosswind.samplers.uniform import Uniform
from crosswind.train import journal, yardstick
from crosswind.train.batches import batches
from crosswind.train.checkpoint import Progress
from crosswind.train.loop import Stopped, train
from crosswind.train.rows import Course, Fixed, Lesson, plain
from crosswind.train.several import SeveralTasks
from crosswind.train.yardstick import token_norm
from tests.train.specimens import (
    FORMS,
    NUM_LABELS,
    PAD,
    WIDTH,
    difference,
    features,
    log_lines,
    recipe,
    same,
    setting,
    tiny_encoder,
    tiny_model,
    weights,
)
from tests.train.test_loop import Brake, DevLoss

DATA = {"few": features("classify", 30), "many": features("tag", 90, seed=1), "some": features("choose", 60, seed=2)}
FADING = Schedule(points={"few": ((0.0, 3.0), (1.0, 0.0)), "many": ((0.0, 1.0),), "some": ((0.4, 0.0), (0.6, 1.0))})
SAMPLERS: list[Sampler] = [
    Proportional(),
    Capped(cap=40),
    Temperature(temperature=3),
    Uniform(),
    Given(weights={"few": 5, "many": 1, "some": 2}),
    FADING,
]


def several(data: Mapping[str, Sequence[Feature]], sampler: Sampler | None = None) -> SeveralTasks:
    return SeveralTasks({name: Fixed(own) for name, own in data.items()}, sampler or Proportional())


def model_of(forms: Mapping[str, str], dropout: float = 0.0) -> Model:
    """A tiny encoder with a head for every task, each as `tiny_model` has it alone."""
    encoder = tiny_encoder(0, dropout)
    Full().attach(encoder)
    heads = {
        name: HEADS[form](WIDTH, num_scores(form, NUM_LABELS, encoder), dropout, torch.Generator().manual_seed(0))
        for name, form in forms.items()
    }
    return Model(encoder, HeadOfEach(heads), Full())


MIX = {"few": "classify", "many": "tag", "some": "choose"}


def run(
    model: Model, course: Course, folder: Path, how: Recipe, objective: Objective | None = None, **more: object
) -> Progress:
    return train(model, course, objective or Erm(), how, 1, 0, None, setting(folder, **more))


# Turns


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: catalog.name_of(type(sampler)))
def test_turns_are_as_frequent_as_the_sampler_says(sampler: Sampler) -> None:
    course, how, total = several(DATA, sampler), recipe(steps=3000), 3000
    found = Counter(course.turns(how, seed=3, depth=1))
    expected = dict.fromkeys(DATA, 0.0)
    for update in range(total):
        for name, share in sampler.shares(course.sizes, update / (total - 1)).items():
            expected[name] += share
    assert chisquare([found[name] for name in DATA], list(expected.values())).pvalue > 1e-3


def test_other_shares_than_those_drawn_are_told_apart() -> None:
    """The test above can fail."""
    found = Counter(several(DATA, Uniform()).turns(recipe(steps=3000), 3, 1))
    shares = Temperature(temperature=3).shares(several(DATA).sizes, 0)
    assert chisquare([found[name] for name in DATA], [3000 * share for share in shares.values()]).pvalue < 1e-3


def test_turns_differ_by_seed_and_depth_alone() -> None:
    course, how = several(DATA, Uniform()), recipe(steps=200)
    found = [tuple(course.turns(how, *key)) for key in [(1, 0), (1, 0), (2, 0), (1, 1)]]
    assert found[0] == found[1]
    assert len(set(found)) == 3
    # what does not change the shares does not change whose turn it is
    assert tuple(course.turns(recipe(steps=150), 1, 0)) == found[0][:150]


def test_turns_are_pinned() -> None:
    # A change here silently changes what a seed means: raise Train.VERSION and say so in the changelog.
    turns = several(DATA, Uniform()).turns(recipe(steps=12), seed=1, depth=0)
    assert " ".join(turns) == PINNED


PINNED = "many few some some few few many some many some many some"


def test_a_schedule_changes_turns_on_the_way() -> None:
    turns = list(several(DATA, FADING).turns(recipe(steps=1000), 1, 0))
    assert "some" not in turns[:400]
    assert turns[:200].count("few") > turns[400:600].count("few") > turns[800:].count("few")


@pytest.mark.parametrize(
    ("sampler", "rows"), [(Proportional(), 180), (Uniform(), 180), (Capped(cap=40), 110), (Temperature(cap=50), 130)]
)
def test_updates_are_those_of_all_rows_that_count(sampler: Sampler, rows: int) -> None:
    assert several(DATA, sampler).updates(recipe(epochs=3)) == recipe(epochs=3).updates(rows)
    assert several(DATA, sampler).updates(recipe(steps=7)) == 7


# Rows


def test_every_task_is_read_in_passes_of_its_own() -> None:
    how = recipe(steps=200, batch=7)
    lessons = list(several(DATA, Uniform()).lessons(how, 1, 0, 0))
    for name, own in DATA.items():
        met = [feature.example for lesson in lessons if lesson.task == name for feature in lesson.features]
        passes = [met[start : start + len(own)] for start in range(0, len(met), len(own))]
        assert len(passes) > 3
        assert all(sorted(one) == list(range(len(own))) for one in passes[:-1])
        assert len(set(passes[-1])) == len(passes[-1])
        assert all(one != other for one, other in pairwise(passes[:-1]))


def test_a_task_reads_in_a_mix_what_it_reads_alone() -> None:
    how = recipe(steps=100)
    for sampler in (Uniform(), FADING):
        lessons = list(several(DATA, sampler).lessons(how, 5, 2, 0))
        for name, own in DATA.items():
            met = [lesson for lesson in lessons if lesson.task == name]
            alone = plain(own).lessons(how, 5, 2, 0)
            assert [lesson.features for lesson in met] == [next(alone).features for _ in met]


@given(st.integers(0, 60), st.sampled_from(SAMPLERS))
def test_lessons_go_on_where_they_stopped(done: int, sampler: Sampler) -> None:
    course, how = several(DATA, sampler), recipe(steps=60, batch=9)
    assert list(course.lessons(how, 1, 0, done)) == list(course.lessons(how, 1, 0, 0))[done:]


@pytest.mark.parametrize("done", [0, 11, 30])
def test_an_epoch_of_a_mix_is_as_many_updates_as_all_rows_take(done: int) -> None:
    how = recipe(epochs=3, batch=7)
    course = several(DATA, Uniform())
    each = how.updates(sum(map(len, DATA.values()))) // 3
    epochs = [lesson.epoch for lesson in course.lessons(how, 1, 0, done)]
    assert epochs == [number for number in range(3) for _ in range(each)][done:]


def test_endless_passes_begin_as_those_of_one_task() -> None:
    lengths = [feature.length for feature in DATA["few"]]
    for epochs in (0.3, 1.0, 2.5):
        how = recipe(epochs=epochs)
        for done in range(how.updates(30) + 2):
            found = list(batches(lengths, how, 1, 0, done))
            assert found == list(batches(lengths, how, 1, 0, 0))[done:]
            assert len(found) == max(0, how.updates(30) - done)


@pytest.mark.parametrize("size", [1, 7, 50, 180, 1000])
def test_a_sample_is_from_all_over_all_tasks(size: int) -> None:
    found = several(DATA).sample(size)
    together = [feature for own in DATA.values() for feature in own]
    assert found == plain(together).sample(size)
    assert len(found) <= size


@pytest.mark.parametrize("where", ["word", "block"])
def test_the_yardstick_is_over_all_tasks(where: str) -> None:
    together = [feature for own in DATA.values() for feature in own]
    assert token_norm(model_of(MIX), several(DATA), where) == token_norm(model_of(MIX), plain(together), where)  # type: ignore[arg-type]


# Learning


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_mix_of_one_task_is_that_task_bit_for_bit(tmp_path: Path, form: str) -> None:
    data, how = features(form, 30), recipe(epochs=2.5)
    alone, mixed = tiny_model(form, dropout=0.1), model_of({"only": form}, dropout=0.1)
    first = run(alone, plain(data), tmp_path / "alone", how)
    second = run(mixed, several({"only": data}), tmp_path / "mixed", how)
    renamed = {name.replace("head.heads.0.", "head."): tensor for name, tensor in weights(mixed).items()}
    assert same(weights(alone), renamed)
    assert second.turns == {"only": first.update}
    assert second.tokens_of == {"only": first.tokens}


@pytest.mark.parametrize("forms", list(combinations_with_replacement(sorted(FORMS), 2)), ids="+".join)
def test_every_format_learns_beside_every_other(tmp_path: Path, forms: tuple[str, str]) -> None:
    named = dict(zip("ab", forms, strict=True))
    course = several({name: features(form, 20, ord(name)) for name, form in named.items()}, TAKING_TURNS)
    model = model_of(named)
    before = weights(model)
    assert run(model, course, tmp_path, recipe(steps=2)).turns == {"a": 1, "b": 1}
    for part in ("encoder.", "head.heads.0.", "head.heads.1."):
        assert any(
            not torch.equal(tensor, before[name]) for name, tensor in weights(model).items() if name.startswith(part)
        ), part


TAKING_TURNS = Schedule(points={"a": ((0.0, 1.0), (1.0, 0.0)), "b": ((0.0, 0.0), (1.0, 1.0))})  # the first and the last


@pytest.mark.parametrize("name", sorted(catalog.FAMILIES["objectives"]))
def test_every_objective_goes_by_the_head_of_the_turn(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yardstick, "token_norm", lambda *_: 0.8)  # which is over all tasks, whoever's turn it is
    objective = catalog.load("objectives", name)()
    data = {"a": features("classify", 20), "b": features("tag", 20, 1)}
    model = model_of({"a": "classify", "b": "tag"})
    before = weights(model)
    course = several(data, Schedule(points={"a": ((0.0, 0.0),), "b": ((0.0, 1.0),)}))
    run(model, course, tmp_path / "mixed", recipe(steps=2, weight_decay=0.1), objective)
    after = weights(model)
    untouched = {key for key in after if torch.equal(after[key], before[key])}
    assert {key for key in untouched if key.startswith("head.")} == {
        key for key in after if key.startswith("head.heads.0.")
    }
    alone = tiny_model("tag")
    run(alone, plain(data["b"]), tmp_path / "alone", recipe(steps=2, weight_decay=0.1), objective)
    mixed = {key.replace("head.heads.1.", "head."): tensor for key, tensor in after.items()}
    assert same(weights(alone), {key: mixed[key] for key in weights(alone)})


def test_microbatches_change_nothing(tmp_path: Path) -> None:
    found = []
    for size in (None, 1, 3):
        model = model_of(MIX)
        run(model, several(DATA, Uniform()), tmp_path / str(size), recipe(learning_rate=1e-5, steps=4), microbatch=size)
        # a softmax over choices cannot see the last bias: Adam makes steps of its rounding errors
        found.append({name: tensor for name, tensor in weights(model).items() if name != "head.heads.2.scores.1.bias"})
    assert all(difference(found[0], other) < 1e-6 for other in found[1:])


def test_queries_meet_candidates_of_their_own_task_alone() -> None:
    course = several({"a": features("retrieve", 40), "b": features("retrieve", 40, 1)}, Uniform())
    own = {name: set(map(id, rows.features)) for name, rows in course.rows.items() if isinstance(rows, Fixed)}
    lessons = list(course.lessons(recipe(steps=30), 1, 0, 0))
    assert {lesson.task for lesson in lessons} == {"a", "b"}
    assert all(set(map(id, lesson.features)) <= own[lesson.task] for lesson in lessons)


def test_a_batch_of_no_task_finds_no_head() -> None:
    model = model_of(MIX)
    with pytest.raises(AssertionError, match="a batch of no task came to the heads of few, many, some"):
        model(collate(DATA["few"][:3], PAD))


def test_one_of_the_heads_can_be_asked_alone() -> None:
    model = model_of(MIX)
    assert isinstance(model.head, HeadOfEach)
    batch = collate(DATA["many"][:3], PAD)
    asked: Tensor = model.asked(model.head.of("many"))(batch)
    assert torch.equal(asked, model(replace(batch, task="many")))


# Resuming, and the log


class DevMean(DevLoss):
    """The dev loss of one of the heads; gets worse again with a rate as high as below."""

    def __init__(self, model: Model):
        assert isinstance(model.head, HeadOfEach)
        super().__init__(model.asked(model.head.of("few")))


@pytest.mark.parametrize("selection", ["last", "dev"])
def test_resuming_at_any_update_gives_equal_weights(tmp_path: Path, selection: str) -> None:
    how = recipe(steps=14, selection=selection, checks=4, learning_rate=0.1)
    course = several(DATA, FADING)

    def trained(folder: Path, brake: Brake | None) -> tuple[Model, Progress]:
        model = model_of(MIX, dropout=0.1)
        stop = brake or (lambda: False)
        return model, train(model, course, Erm(), how, 1, 0, dev(model), setting(folder, stop=stop))

    def dev(model: Model) -> DevMean | None:
        return DevMean(model) if selection == "dev" else None

    whole, progress = trained(tmp_path / "whole", None)
    assert set(progress.turns) == set(MIX)
    for update in range(1, progress.update, 3):
        with pytest.raises(Stopped):
            trained(tmp_path / str(update), Brake(update))
        model, found = trained(tmp_path / str(update), None)
        assert same(weights(model), weights(whole)), update
        assert replace(found, seconds=0) == replace(progress, seconds=0)


def test_updates_and_tokens_are_counted_by_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SECONDS_BETWEEN_LINES", 0.0)
    course, how = several(DATA, Uniform()), recipe(steps=20)
    progress = run(model_of(MIX), course, tmp_path / "mixed", how)
    lessons: list[Lesson] = list(course.lessons(how, 1, 0, 0))
    assert progress.turns == Counter(lesson.task for lesson in lessons)
    for name in MIX:
        rows = [row for lesson in lessons if lesson.task == name for each in lesson.features for row in each.rows]
        assert progress.tokens_of[name] == sum(map(len, rows))
    assert sum(progress.tokens_of.values()) == progress.tokens
    line = log_lines(tmp_path / "mixed")[-1]
    assert (line["turns"], line["tokens_of"]) == (progress.turns, progress.tokens_of)
    told = list(journal.epochs(tmp_path / "mixed" / journal.FILE))
    assert [epoch["updates"] for epoch in told] == list(Counter(lesson.epoch for lesson in lessons).values())
    assert not any(name in epoch for epoch in told for name in ("turns", "tokens_of"))
    run(tiny_model(), plain(DATA["few"]), tmp_path / "alone", how)
    assert not {"turns", "tokens_of"} & log_lines(tmp_path / "alone")[-1].keys()


def test_no_two_tasks_meet_in_an_update() -> None:
    for one, other in combinations(DATA, 2):
        for lesson in several({one: DATA[one], other: DATA[other]}).lessons(recipe(), 1, 0, 0):
            assert all(any(feature is own for own in DATA[lesson.task]) for feature in lesson.features)
