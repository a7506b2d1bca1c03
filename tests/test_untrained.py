"""Targets without training data, and pools in many languages: planned, run and told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
import torch
from safetensors.torch import load_file

from crosswind import results
from crosswind.console.explain import explained
from crosswind.console.outline import outline
from crosswind.frontier import Frontier
from crosswind.identity import Stage
from crosswind.machine import Resources
from crosswind.models.backbone import load_encoder, load_tokenizer, local
from crosswind.plan import Plan, make_plan, trainings
from crosswind.report.page import page
from crosswind.run import missing
from crosswind.stages import Base, Dataset, Evaluate, Perturb, Train, chain, clean, parents, slug
from crosswind.store import OUTCOMES, WEIGHTS, Store
from crosswind.study import Study
from crosswind.work import perform
from crosswind.workshop import Workshop
from tests.retrieval import ANYWHERE, BITEXT, NUM_TEST, PARITY, SCRIPTS, UNLEARNT, sentence


def study(base: dict[str, Any], **changes: Any) -> Study:
    """Two arms that differ in nothing, two seeds, with and without a task before."""
    fields: dict[str, Any] = {
        "name": "untrained",
        "seeds": (1, 2),
        "base": base,
        "targets": (BITEXT,),
        "arms": tuple({"name": name, "sequences": ((), (PARITY,))} for name in ("a", "b")),
        "conditions": ({"perturbation": "typo_edit", "severities": (5,)},),
    }
    return Study.model_validate(fields | changes)


def planned(**changes: Any) -> Plan:
    return make_plan(study({"model": "org/encoder", "revision": "0" * 40}, **changes))


def evaluations(plan: Plan, task: str) -> list[Evaluate]:
    ours = (stage for stage in plan.stages.values() if isinstance(stage, Evaluate))
    return [stage for stage in ours if type(clean(stage.data).task).__name__ == task]


def test_the_chain_ends_before_a_target_without_training() -> None:
    plan = planned()
    assert {chain(stage) for stage in trainings(plan.stages)} == {("Parity",)}
    assert plan.count("train") == 2  # one a seed, shared by the arms
    assert plan.one_by_one == 4
    bitext = (stage for stage in plan.stages.values() if isinstance(stage, Dataset) and "Bitext" in slug(stage))
    assert {stage.split for stage in bitext} == {"test"}


def test_all_that_ask_the_base_itself_share_one_evaluation() -> None:
    plan = planned()
    asked = evaluations(plan, "Bitext")
    assert len(asked) == (1 + 2) * len(SCRIPTS) * 2  # the base and two trained models; clean and perturbed
    base = [stage for stage in asked if isinstance(stage.model, Base)]
    assert len(base) == len(SCRIPTS) * 2
    assert {stage.seed for stage in asked} == {None, 1, 2}
    cells = [cell for cell in plan.cells if cell.sequence == ""]
    assert len(cells) == 2 * 2 * len(SCRIPTS) * 2  # arms and seeds keep rows of their own
    assert {cell.stage for cell in cells} == {stage.id for stage in base}


def test_an_evaluation_of_the_base_holds_the_base_itself() -> None:
    base = Base(model="org/encoder", revision="0" * 40)
    asked = next(stage for stage in evaluations(planned(), "Bitext") if stage.model == base)
    assert asked.payload == {"kind": "evaluate", "VERSION": 1, "model": base.payload, "data": asked.data.id}
    assert list(parents(asked)) == [asked.data]


def test_no_method_objective_or_recipe_of_an_arm_moves_what_is_not_trained() -> None:
    arms = ({"name": "a"}, {"name": "b", "recipe": {"learning_rate": 0.5, "max_length": 16}})
    plan = planned(arms=arms, recipe={"max_length": 20})
    assert plan.count("train") == 0
    assert len(evaluations(plan, "Bitext")) == len(SCRIPTS) * 2
    assert {stage.recipe.max_length for stage in evaluations(plan, "Bitext")} == {48}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"arms": ({"name": "x", "sequences": ((BITEXT,),)},)},
            r"arm x.sequences: .*Bitext has no training set.*sequence",
        ),
        ({"targets": (UNLEARNT,)}, r"target .*Unlearnt: has no training set.*format is classify.*trains_on"),
        ({"recipes": {"Bitext": {"steps": 1}}}, r"recipes\.Bitext: the task is not trained.*remove"),
    ],
)
def test_training_that_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        planned(**changes)


def test_a_model_is_asked_one_task_after_another() -> None:
    plan = planned(targets=(BITEXT, PARITY), arms=({"name": "a", "sequences": ((), (PARITY,))},))
    frontier = Frontier({stage.id: stage for stage in plan.stages.values() if isinstance(stage, Evaluate)})
    asked: list[tuple[str, str]] = []
    while frontier.ready:
        (about,) = {(stage.model.id, clean(stage.data).task.id) for stage in frontier.next_job(1)}
        asked += [] if asked[-1:] == [about] else [about]
    assert len(asked) == len(set(asked)) == 1 + 2 * 2 + 2  # the base; one training, asked both; two, asked parity


def test_a_plan_that_trains_nothing_can_be_looked_at(tmp_path: Path) -> None:
    plan = planned(arms=({"name": "a"},))
    text = "\n".join(outline(plan, Store(tmp_path / "store")))
    assert "org/encoder @ 000000000000, 6 evaluations" in text
    assert missing(plan, Store(tmp_path / "store")).keys() == plan.stages.keys()
    asked = evaluations(plan, "Bitext")[0]
    told = "\n".join(explained(asked.id, Store(tmp_path / "store"), plan))
    assert told.startswith("evaluate encoder-on-")
    assert "org/encoder" in told


@pytest.fixture(scope="module")
def done(tiny_encoder: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Store, Workshop]:
    """Both targets, run to the end on an encoder that pools its first token when trained."""
    plan = make_plan(study({"path": str(tiny_encoder("xlm-roberta"))}, targets=(BITEXT, ANYWHERE)))
    store = Store(tmp_path_factory.mktemp("store"))
    store.prepare()
    workshop = Workshop(store, Resources(device="cpu", folders=plan.folders))
    by_group: list[Stage] = sorted(plan.stages.values(), key=lambda stage: isinstance(stage, Evaluate))
    made = perform(by_group, workshop)
    assert {result.status for result in made} == {"done"}, [result for result in made if result.message]
    return plan, store, workshop


def test_every_cell_has_a_score_and_the_seed_of_its_study(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, _ = done
    scores, outcomes = results.scores(plan, store), results.outcomes(plan, store)
    assert scores.height == len(plan.cells)
    assert set(scores["status"]) == {"done"}
    assert outcomes.height == len(plan.cells) * NUM_TEST
    assert set(outcomes["seed"]) == {1, 2}
    base = scores.filter((polars.col("sequence") == "") & polars.col("target").str.contains("Bitext"))
    spread = base.group_by("language", "condition").agg(polars.col("value").n_unique())
    assert set(spread["value"]) == {1}
    assert "No evaluation" not in page(plan, store)


def test_a_file_has_no_seed_where_nothing_was_trained(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, _ = done
    for stage in evaluations(plan, "Bitext"):
        column = polars.read_parquet(store.file(stage, OUTCOMES))["seed"]
        assert column.dtype == polars.Int64
        assert set(column) == {stage.seed}


def test_the_base_is_asked_by_the_cosine_of_mean_vectors(
    done: tuple[Plan, Store, Workshop], tiny_encoder: Callable[[str], Path]
) -> None:
    plan, store, _ = done
    source = local(tiny_encoder("xlm-roberta"))
    encoder, tokenizer = load_encoder(source, 0.0).eval(), load_tokenizer(source)

    def vector(text: str) -> Any:
        ids_1L = torch.tensor([tokenizer(text, truncation=True, max_length=48)["input_ids"]])
        with torch.no_grad():
            mean_D = encoder(ids_1L, torch.ones_like(ids_1L), None)[0].mean(0).double().numpy()
        return mean_D / np.linalg.norm(mean_D)

    numbers = range(200, 200 + NUM_TEST)
    pool = np.stack([vector(sentence("en", number)) for number in numbers])
    ranked = [[f"en-{200 + i}" for i in np.argsort(-pool @ vector(sentence("ru", number)))] for number in numbers]
    stage = next(
        each
        for each in evaluations(plan, "Bitext")
        if each.seed is None and each.data.payload["kind"] == "dataset" and clean(each.data).language == "ru"
    )
    given = polars.read_parquet(store.file(stage, OUTCOMES))["answer"]
    assert [answer.split() for answer in given] == ranked


def test_what_came_before_is_what_is_asked(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, workshop = done
    trained = next(stage for stage in evaluations(plan, "Bitext") if stage.seed == 1)
    assert isinstance(trained.model, Train)
    model, _ = workshop.model(trained)
    stored = load_file(store.file(trained.model, WEIGHTS))
    for name, tensor in model.encoder.named_parameters():
        assert torch.equal(tensor, stored[f"encoder.{name}"])
    assert "head.scores.1.weight" in stored  # the head that it had is left behind
    assert [name for name, _ in model.head.named_parameters()] == ["scale"]


def test_perturbed_queries_do_not_run_the_pool_again(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, _ = done
    for task in ("Bitext", "Anywhere"):
        for stage in evaluations(plan, task):
            if isinstance(stage.data, Perturb):
                assert store.record(stage).facts["run"] <= NUM_TEST


def test_a_pool_is_run_once_for_the_queries_of_all_languages(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, _ = done
    run: dict[str, int] = {}
    for stage in evaluations(plan, "Anywhere"):
        run[stage.model.id] = run.get(stage.model.id, 0) + store.record(stage).facts["run"]
    texts = NUM_TEST * len(SCRIPTS)  # of the pool; as many clean queries, and as many perturbed ones
    assert run
    assert max(run.values()) <= 3 * texts


def test_rankings_reach_over_languages(done: tuple[Plan, Store, Workshop]) -> None:
    plan, store, _ = done
    for stage in evaluations(plan, "Anywhere"):
        answers = polars.read_parquet(store.file(stage, OUTCOMES))["answer"]
        found = {name.partition("-")[0] for answer in answers for name in answer.split()}
        assert found == set(SCRIPTS)
        assert all(len(set(answer.split())) == 20 for answer in answers)
