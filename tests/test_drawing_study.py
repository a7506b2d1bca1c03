"""A small study whose changes draw from other sets, take tags along, or put words beside what is scored."""

from typing import Any

import polars
import pytest

from crosswind import results
from crosswind.console.running import crew, execute
from crosswind.formats.tables import read_examples
from crosswind.formats.tag import entities
from crosswind.perturbations.passages import holds_any
from crosswind.plan import Plan, make_plan
from crosswind.stages import Evaluate, Perturb, clean, label
from crosswind.store import EXAMPLES, OUTCOMES, Store
from crosswind.study import Study

pytestmark = pytest.mark.xdist_group("around")
Made = tuple[Plan, Store]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    study: dict[str, Any] = {
        "name": "around",
        "seeds": (1,),
        "base": {"model": "pocket"},
        "targets": ("pocket-ner", "pocket-qa", "pocket-tags", "pocket-tatoeba"),
        "languages": ("solvane", "zhelnik"),
        "limit": {"train": 32, "dev": 24, "test": 12},
        "recipe": {"steps": 2, "checks": 1},
        "arms": ({"name": "full"},),
        "conditions": (
            {"perturbation": "entity_swap", "severities": (1, 5)},
            {"perturbation": "distract", "severities": (1, 5)},
            {"perturbation": {"kind": "distract", "language": "solvane"}, "severities": (3,)},
            {"perturbation": "shuffle_local", "severities": (5,)},
        ),
    }
    plan, store = make_plan(Study.model_validate(study)), Store(tmp_path_factory.mktemp("around") / "store")
    assert execute(plan, store, crew(plan, workers=1)).complete
    return plan, store


def stage_of(made: Made, task: str, change: str, severity: int, language: str) -> Perturb:
    """The one stage that changes a set in this way."""
    (stage,) = (
        each
        for each in made[0].stages.values()
        if isinstance(each, Perturb)
        and (label(each.data.task), each.data.language, each.severity) == (task, language, severity)
        and each.perturbation.label == change
    )
    return stage


def perturbed(made: Made, task: str, change: str, severity: int, language: str = "zhelnik") -> list[tuple[Any, Any]]:
    """The examples of a set, clean and changed."""
    stage = stage_of(made, task, change, severity, language)
    form = stage.data.task.format
    before, after = (read_examples(made[1].file(each, EXAMPLES), form) for each in (stage.data, stage))
    return list(zip(before, after, strict=True))


def test_every_cell_has_a_score_or_a_reason(made: Made) -> None:
    scores = results.scores(*made)
    assert set(scores["status"]) == {"done", "n/a"}
    done = scores.filter((polars.col("condition") != "clean") & (polars.col("status") == "done"))
    assert set(zip(done["target"], done["condition"].str.split("[").list.first(), strict=True)) == {
        ("pocket-ner", "entity_swap"),
        ("pocket-ner", "distract"),
        ("pocket-tags", "distract"),
        ("pocket-tags", "shuffle_local"),
        ("pocket-qa", "distract"),
        ("pocket-qa", "distract:solvane"),
        ("pocket-qa", "shuffle_local"),
        ("pocket-tatoeba", "distract"),
        ("pocket-tatoeba", "shuffle_local"),
    }
    assert (done.filter(polars.col("severity") > 1)["changed"] > 0.5).all()
    assert (done.filter(polars.col("condition") != "entity_swap")["effective"] == 1.0).all()


def test_mentions_come_from_the_dev_set_and_never_from_training(made: Made) -> None:
    stage = stage_of(made, "pocket-ner", "entity_swap", 5, "zhelnik")
    pools = [read_examples(made[1].file(pool, EXAMPLES), pool.task.format) for pool in stage.pools]
    assert [(pool.language, pool.split) for pool in stage.pools] == [("zhelnik", "dev"), ("solvane", "train")]
    known, taught = ({" ".join(e.tokens[a : b + 1]) for e in pool for _, a, b in entities(e.tags)} for pool in pools)
    for before, after in perturbed(made, "pocket-ner", "entity_swap", 5):
        assert [kind for kind, _, _ in entities(after.tags)] == [kind for kind, _, _ in entities(before.tags)]
        assert len(after.tokens) == len(after.tags)
        old = {" ".join(before.tokens[a : b + 1]) for _, a, b in entities(before.tags)}
        new = {" ".join(after.tokens[a : b + 1]) for _, a, b in entities(after.tags)}
        assert new <= (known - taught) | old


def test_tags_move_with_words(made: Made) -> None:
    pairs = perturbed(made, "pocket-tags", "shuffle_local", 5)
    assert any(before.tokens != after.tokens for before, after in pairs)
    for before, after in pairs:
        assert sorted(zip(before.tokens, before.tags, strict=True)) == sorted(
            zip(after.tokens, after.tags, strict=True)
        )


def test_words_behind_are_read_and_not_scored(made: Made) -> None:
    plan, store = made
    for before, after in perturbed(made, "pocket-tags", "distract", 5):
        assert (after.tokens, after.tags, len(after.extra)) == (before.tokens, before.tags, 3)
    scored = set()
    for stage in plan.stages.values():
        if isinstance(stage, Evaluate) and label(clean(stage.data).task) == "pocket-tags":
            frame = polars.read_parquet(store.file(stage, OUTCOMES))
            scored.add((clean(stage.data).language, frame["n"].sum()))
            assert all(
                len(gold.split()) == len(answer.split()) for gold, answer in frame.select("gold", "answer").rows()
            )
    assert len(scored) == 2


@pytest.mark.parametrize(
    ("change", "severity", "source"), [("distract", 5, "zhelnik"), ("distract:solvane", 3, "solvane")]
)
def test_contexts_get_sentences_without_the_answer(made: Made, change: str, severity: int, source: str) -> None:
    told = {before.context for before, _ in perturbed(made, "pocket-qa", "distract", 5, source)}
    for before, after in perturbed(made, "pocket-qa", change, severity):
        front, _, back = after.context.partition(before.context)
        assert [quote.text for quote in after.answers] == [quote.text for quote in before.answers]
        assert not holds_any(front + back, [quote.text for quote in before.answers], "zhelnik")
        assert after.question == before.question
        assert bool(front) == (severity == 5)
        assert any(back.strip() in context for context in told - {before.context})


def test_collisions_are_recorded_with_every_evaluation(made: Made) -> None:
    plan, store = made
    for stage in plan.stages.values():
        if isinstance(stage, Evaluate):
            frame = polars.read_parquet(store.file(stage, OUTCOMES))
            assert store.record(stage).facts["collided"] == frame["collided"].sum()
