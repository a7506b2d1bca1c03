"""What an evaluation reads beside its data: a pool of its own, a dev set for a threshold, a layer of the encoder."""

import gc
import math
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
import torch

from crosswind.evaluate import mining, pools
from crosswind.formats.retrieve import entry
from crosswind.identity import Stage
from crosswind.losses import losses
from crosswind.machine import Resources
from crosswind.models.backbone import load_encoder, load_tokenizer, local
from crosswind.plan import Plan, make_plan
from crosswind.stages import Dataset, Evaluate, Perturb, clean, parents, reads
from crosswind.store import OUTCOMES, SCORES, Store
from crosswind.study import Study
from crosswind.tasks.base import POOL
from crosswind.work import perform
from crosswind.workload import work_units
from crosswind.workshop import Recent, Workshop
from tests.retrieval import APART, HOMONYMS, MINING, NUM_TEST, PARITY, SCRIPTS, TOGETHER, Apart, sentence

POOLED = NUM_TEST * len(SCRIPTS)


def planned(base: dict[str, Any] | None = None, **changes: Any) -> Plan:
    """The base and one model trained on a task before, clean and perturbed."""
    fields: dict[str, Any] = {
        "name": "beside",
        "seeds": (1,),
        "base": base or {"model": "org/encoder", "revision": "0" * 40},
        "targets": (TOGETHER, APART, MINING),
        "arms": ({"name": "a", "sequences": ((), (PARITY,))},),
        "conditions": ({"perturbation": "typo_edit", "severities": (5,)},),
    }
    return make_plan(Study.model_validate(fields | changes))


def evaluations(plan: Plan, task: str) -> list[Evaluate]:
    ours = (stage for stage in plan.stages.values() if isinstance(stage, Evaluate))
    return [stage for stage in ours if type(clean(stage.data).task).__name__ == task]


def prepared(folder: Path) -> Store:
    store = Store(folder)
    store.prepare()
    return store


def made(plan: Plan, workshop: Workshop) -> None:
    """Make all stages of a plan, evaluations in the order in which the scheduler has them: model by model."""
    order: list[Stage] = sorted(plan.stages.values(), key=lambda stage: isinstance(stage, Evaluate))
    found = perform(order, workshop)
    assert {result.status for result in found} == {"done"}, [result for result in found if result.message]


# Plans


def test_a_pool_is_one_whole_dataset_for_all_languages_models_and_layers() -> None:
    targets = (APART, {"kind": APART, "layer": 1}, {"kind": APART, "pooling": "first"})
    plan = planned(targets=targets, limit={"test": 3})
    (pool,) = [stage for stage in plan.stages.values() if isinstance(stage, Dataset) and stage.language == POOL]
    asked = evaluations(plan, "Apart")
    assert {stage.pool for stage in asked} == {pool}
    assert len({clean(stage.data).language for stage in asked}) == len(SCRIPTS)
    assert (pool.limit, work_units(pool)) == (None, POOLED)
    assert {clean(stage.data).limit for stage in asked} == {3}
    assert all(pool in list(parents(stage)) and pool in list(reads(stage)) for stage in asked)
    order = list(plan.stages)
    assert all(order.index(pool.id) < order.index(stage.id) for stage in asked)


def test_mining_reads_the_clean_dev_set_of_its_language() -> None:
    for stage in evaluations(planned(), "Mining"):
        assert stage.dev is not None
        assert (stage.dev.split, stage.dev.language) == ("dev", clean(stage.data).language)
        assert stage.dev in list(parents(stage))


def test_mining_without_a_dev_set_is_refused() -> None:
    with pytest.raises(ValueError, match=r"MiningBlind: pairs are mined from the score on that a dev set shows"):
        planned(targets=("tests.retrieval:MiningBlind",))


def test_what_is_not_read_is_not_in_the_payload() -> None:
    for stage in evaluations(planned(), "Together"):
        assert stage.payload.keys() == {"kind", "VERSION", "model", "data"}
    for task, field in (("Apart", "pool"), ("Mining", "dev")):
        for stage in evaluations(planned(), task):
            assert stage.payload.keys() == {"kind", "VERSION", "model", "data", field}


def test_layers_and_pooling_are_targets_of_their_own() -> None:
    targets = (TOGETHER, *({"kind": TOGETHER, "layer": layer, "pooling": "first"} for layer in (1, 2, "xtreme")))
    plan = planned(targets=targets)
    assert {cell.target.partition("(")[2] for cell in plan.cells} == {
        "",
        "layer=1,pooling=first)",
        "layer=2,pooling=first)",
        "layer=xtreme,pooling=first)",
    }
    with pytest.raises(ValueError, match="layer"):
        planned(targets=({"kind": TOGETHER, "layer": 0},))


def test_a_layer_beyond_the_encoder_is_refused_before_anything_runs(tiny_encoder: Callable[[str], Path]) -> None:
    deep = ({"kind": TOGETHER, "layer": 3},)
    with pytest.raises(ValueError, match=r"Together\(layer=3\): layer 3 is asked for, but the encoder has 2"):
        planned({"path": str(tiny_encoder("mt5"))}, targets=deep)
    with pytest.raises(ValueError, match="layer 4 is asked for, but the encoder has 3"):
        planned({"model": "pocket"}, targets=({"kind": TOGETHER, "layer": 4},))
    assert planned(targets=deep).cells  # an encoder of the hub is not here yet


def test_a_layer_beyond_an_encoder_of_unknown_depth_is_said_by_its_evaluation(
    tiny_encoder: Callable[[str], Path], tmp_path: Path
) -> None:
    plan = planned({"path": str(tiny_encoder("bert"))}, targets=(TOGETHER,), conditions=())
    deep = planned(targets=({"kind": TOGETHER, "layer": 3},), conditions=())
    data = next(stage for stage in deep.stages.values() if isinstance(stage, Dataset))
    base = evaluations(plan, "Together")[0].base
    workshop = Workshop(prepared(tmp_path), Resources(device="cpu", folders=plan.folders))
    results = perform([data, Evaluate(model=base, data=data)], workshop)
    assert [result.status for result in results] == ["done", "broken"]
    assert "layer 3 is asked for, but the encoder has 2" in results[1].message


# Runs


@pytest.fixture(scope="module")
def done(tiny_encoder: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Store, Workshop]:
    targets = (TOGETHER, APART, MINING, {"kind": TOGETHER, "layer": 1, "pooling": "first"})
    plan = planned({"path": str(tiny_encoder("xlm-roberta"))}, targets=targets)
    store = prepared(tmp_path_factory.mktemp("store"))
    workshop = Workshop(store, Resources(device="cpu", folders=plan.folders))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools, "SLICE", 5)
        made(plan, workshop)
    return plan, store, workshop


def rows_of(stage: Evaluate, store: Store) -> list[Any]:
    frame = polars.read_parquet(store.file(stage, OUTCOMES))
    return frame.select("example", "answer", "precision").rows()


def key(stage: Evaluate) -> tuple[Any, ...]:
    return stage.model.id, clean(stage.data).language, isinstance(stage.data, Perturb)


def test_a_pool_of_its_own_gives_the_answers_of_one_that_is_carried(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, _ = done
    carried = {key(stage): stage for stage in evaluations(plan, "Together") if not clean(stage.data).task.probe.layer}
    apart = {key(stage): stage for stage in evaluations(plan, "Apart")}
    assert apart.keys() == carried.keys()
    for where, stage in apart.items():
        if not where[-1]:  # perturbations draw by the name of the task
            assert rows_of(stage, store) == rows_of(carried[where], store)


def test_a_pool_is_run_once_per_model_and_kept_in_no_cache(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, _ = done
    for stage in evaluations(plan, "Apart"):
        assert store.record(stage).facts["run"] <= NUM_TEST
    assert sorted(path.name for path in (store.root / "work").iterdir()) == []


def test_the_pool_of_a_model_goes_with_it(done: tuple[Plan, Store, Workshop], monkeypatch: pytest.MonkeyPatch) -> None:
    plan, _, workshop = done
    runs: list[int] = []
    encoded = pools.encoded
    monkeypatch.setattr(pools, "encoded", lambda *given: runs.append(1) or encoded(*given))
    stages = evaluations(plan, "Apart")
    first, other = stages[0], next(stage for stage in stages if stage.model != stages[0].model)
    workshop.model(other)
    model, _ = workshop.model(first)
    assert first.pool is not None
    held = weakref.ref(workshop.pool(model, first, first.pool).vectors_ND)
    assert workshop.pool(model, first, first.pool).vectors_ND is held()
    assert len(runs) == 1
    del model
    workshop.model(other)
    gc.collect()
    assert held() is None


def test_two_candidates_of_one_name_are_refused(
    done: tuple[Plan, Store, Workshop], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan, _, workshop = done
    stage = evaluations(plan, "Apart")[0]
    model, _ = workshop.model(stage)
    slices = [[entry("a", "one"), entry("b", "two")], [entry("b", "three")]]
    with pytest.raises(ValueError, match="'b' is the name of two candidates"):
        pools.encoded(model, slices, workshop.tokenizer(stage.base), 40, 500, tmp_path)


def test_no_more_than_a_slice_of_a_pool_is_read_or_run_at_a_time(
    done: tuple[Plan, Store, Workshop], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, _, workshop = done
    sizes: list[int] = []
    outputs = pools.outputs
    monkeypatch.setattr(pools, "SLICE", 7)
    monkeypatch.setattr(pools, "outputs", lambda *given: sizes.append(len(given[1])) or outputs(*given))
    stage = evaluations(plan, "Apart")[0]
    model, _ = workshop.model(stage)
    workshop.kept.clear()
    assert stage.pool is not None
    pool = workshop.pool(model, stage, stage.pool)
    assert sizes == [7, 7, 7, 3]
    assert list(pool.names) == [f"{code}-{200 + i}" for i in range(NUM_TEST) for code in SCRIPTS]
    assert pool.texts is not None
    assert pool.texts.called(sentence("tr", 203)) == {"tr-203"}
    assert isinstance(pool.vectors_ND, np.memmap)
    assert pool.vectors_ND.shape == (POOLED, model.encoder.width)
    assert Apart.pool_size == POOLED


def test_a_layer_is_asked_by_its_own_hidden_states(
    done: tuple[Plan, Store, Workshop], tiny_encoder: Callable[[str], Path]
) -> None:
    plan, store, _ = done
    source = local(tiny_encoder("xlm-roberta"))
    encoder, tokenizer = load_encoder(source, 0.0).eval(), load_tokenizer(source)

    def vector(text: str) -> Any:
        ids_1L = torch.tensor([tokenizer(text, truncation=True, max_length=48)["input_ids"]])
        with torch.no_grad():
            states = encoder.network(input_ids=ids_1L, output_hidden_states=True).hidden_states[1]
        return (states[0, 0] / states[0, 0].norm()).double().numpy()

    names = [f"{code}-{200 + i}" for i in range(NUM_TEST) for code in SCRIPTS]
    pool = np.stack([vector(sentence(*name.split("-")[:1], int(name.split("-")[1]))) for name in names])
    stage = next(
        each
        for each in evaluations(plan, "Together")
        if each.seed is None and clean(each.data).task.probe.layer == 1 and isinstance(each.data, Dataset)
    )
    given = polars.read_parquet(store.file(stage, OUTCOMES))
    for i, answer in enumerate(given["answer"]):
        query = vector(" ".join(sentence(stage.data.language, 200 + i).split()[:3]))  # type: ignore[union-attr]
        assert answer.split() == [names[j] for j in np.argsort(-pool @ query, kind="stable")[:20]]


def test_every_layer_meets_the_same_noise(done: tuple[Plan, Store, Workshop]) -> None:
    plan, _, workshop = done
    texts: dict[str, set[tuple[str, ...]]] = {}
    for stage in evaluations(plan, "Together"):
        if isinstance(stage.data, Perturb):
            queries = tuple(example.query for example in workshop.examples(stage.data))
            texts.setdefault(clean(stage.data).language, set()).add(queries)
    assert {len(found) for found in texts.values()} == {1}


def test_the_threshold_is_that_of_the_clean_dev_set_in_every_condition(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, workshop = done
    for stage in evaluations(plan, "Mining"):
        model, _ = workshop.model(stage)
        assert stage.dev is not None

        def vectors(data: Any, stage: Evaluate = stage, model: Any = model) -> list[Any]:
            features, pad = workshop.encoding(data, stage).features, workshop.tokenizer(stage.base).pad_token_id
            return [rows[0] for rows in pools.outputs(model, features, pad, 500, {})]

        dev, test = workshop.examples(stage.dev), workshop.examples(stage.data)
        limit = mining.threshold(dev, mining.mine(dev, vectors(stage.dev)))
        pairs = mining.mine(test, vectors(stage.data))
        mined = {test[i].uid: test[j].uid for i, j, s in zip(*columns(pairs), strict=True) if s >= limit}
        frame = polars.read_parquet(store.file(stage, OUTCOMES))
        assert {row["example"]: row["answer"] for row in frame.to_dicts() if row["answer"]} == mined
        assert frame["margin"].min() == 0.0
        assert math.isfinite(frame["margin"].max())  # type: ignore[arg-type]
        golds = {each.uid: each.partner for each in test if each.partner}
        hits = sum(golds.get(uid) == partner for uid, partner in mined.items())
        score = polars.read_parquet(store.file(stage, SCORES)).row(0, named=True)
        assert score["value"] == pytest.approx(100 * 2 * hits / (len(golds) + len(mined)))


def test_outputs_of_mining_are_kept_for_one_language_at_a_time(done: tuple[Plan, Store, Workshop]) -> None:
    plan, _, workshop = done
    caches = {key(stage): workshop.model(stage)[1] for stage in evaluations(plan, "Mining")}
    by_language = {(where[0], where[1]): id(cache) for where, cache in caches.items()}
    assert len(set(by_language.values())) == len(by_language)
    assert all(id(cache) == by_language[where[0], where[1]] for where, cache in caches.items())


def test_a_query_that_became_a_wrong_candidate_is_not_scored(
    tiny_encoder: Callable[[str], Path], tmp_path: Path
) -> None:
    plan = planned(
        {"path": str(tiny_encoder("bert"))},
        targets=(HOMONYMS,),
        arms=({"name": "a"},),
        languages=("en",),
        conditions=({"perturbation": "case"},),
    )
    store = prepared(tmp_path)
    made(plan, Workshop(store, Resources(device="cpu", folders=plan.folders)))
    clean_one, changed = sorted(evaluations(plan, "Homonyms"), key=lambda stage: isinstance(stage.data, Perturb))
    assert store.record(clean_one).facts["collided"] == 0
    assert store.record(changed).facts["collided"] == 3  # of 202, 204 and 206, which others ask for
    frame = polars.read_parquet(store.file(changed, OUTCOMES))
    assert frame.filter("collided")["example"].to_list() == ["202", "204", "206"]
    assert frame["n"].sum() == NUM_TEST - 3
    assert polars.read_parquet(store.file(changed, SCORES))["examples"].to_list() == [NUM_TEST - 3]
    (told,) = [loss for loss in losses(plan, store) if "wrong candidate" in loss.why]
    assert (told.count, told.of) == (3, "Homonyms-en-test-case:lower-L1")


def test_recent_values_are_kept_as_far_as_they_weigh_little() -> None:
    recent = Recent(10, len)
    for size in (4, 5, 1, 3):
        assert len(recent.get_or_make(size, lambda size=size: "x" * size)) == size
    assert list(recent) == [5, 1, 3]
    recent.get_or_make(5, str)
    recent.get_or_make(2, lambda: "xx")
    assert list(recent) == [3, 5, 2]
    recent.get_or_make(30, lambda: "x" * 30)
    assert list(recent) == [30]


def columns(pairs: mining.Pairs) -> tuple[Any, Any, Any]:
    return pairs.own_P, pairs.other_P, pairs.score_P
