"""Votes held on real models: from a study file to the page, whatever the batches are."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars
import pytest

from crosswind import results, voted
from crosswind.console.running import crew
from crosswind.plan import Plan, make_plan, trainings
from crosswind.report.page import page
from crosswind.stages import Evaluate, Vote, reads, slug, weights_read
from crosswind.store import OUTCOMES, VOTES, Store
from crosswind.study_file import load_study
from crosswind.teaching import rows_of
from crosswind.text.masking import num_kept
from crosswind.votes.certificates import certified, lower_bound
from crosswind.votes.masked import MaskedVote
from crosswind.voting import vote
from crosswind.work import perform
from crosswind.workload import work_units
from crosswind.workshop import Workshop
from tests.studies import small_study
from tests.train.conftest import one_thread  # noqa: F401

MASK = {"kind": "masked", "rate": 0.6, "draws": 30, "certify": 60}
NOISE = {"kind": "noisy", "eps": 0.3, "draws": 9}
SHIFT = {"kind": "noisy", "eps": 0.5, "unit": "translation", "shape": "sphere", "draws": 3}
SUBSTITUTION = {"kind": "perturbed", "perturbation": "typo_edit", "severity": 4, "draws": 9}


def planned(*votings: dict[str, Any], **changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "targets": ("pocket-nli",),
        "languages": ("solvane", "zhelnik"),
        "seeds": (1,),
        "recipe": {"steps": 30, "checks": 1},
        "limit": {"train": 200, "dev": 8, "test": 6},
        "arms": ({"name": "masked", "mask": 0.6},),
        "conditions": (),
        "polls": tuple({"voting": voting} for voting in votings),
    }
    return make_plan(small_study(**(fields | changes)))


def workshop_of(plan: Plan, folder: Path, tokens: int | None = None) -> Workshop:
    store = Store(folder)
    store.prepare()
    resources = replace(crew(plan, 1, 1, "cpu").resources, checkpoint_seconds=1e9, tokens_per_batch=tokens)
    return Workshop(store, resources)


def made(plan: Plan, workshop: Workshop) -> Store:
    order = [stage for stage in plan.stages.values() if not workshop.store.has(stage)]
    found = perform(order, workshop)
    assert {result.status for result in found} <= {"done"}, [result.message for result in found]
    return workshop.store


def votes_of(plan: Plan, store: Store) -> list[polars.DataFrame]:
    held = [stage for stage in plan.stages.values() if isinstance(stage, Vote)]
    return [polars.read_parquet(store.file(stage, VOTES)) for stage in held]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(MASK, NOISE, SHIFT, SUBSTITUTION)


@pytest.fixture(scope="module")
def store(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return made(plan, workshop_of(plan, tmp_path_factory.mktemp("store")))


# Plans


def test_votes_are_stages_of_their_own_and_leave_all_others_as_they_were(plan: Plan) -> None:
    before = planned()
    assert set(before.stages) < set(plan.stages)
    more = [stage for stage in plan.stages.values() if stage.id not in before.stages]
    assert all(isinstance(stage, Vote) for stage in more)
    assert len(more) == len(plan.ballots) == 4 * 2
    assert before.cells == plan.cells


def test_a_vote_reads_its_model_and_what_that_was_trained_on(plan: Plan) -> None:
    (trained,) = trainings(plan.stages)
    asked = next(stage for stage in plan.stages.values() if isinstance(stage, Vote))
    assert {trained.id, asked.data.id, trained.data[0].id} <= {stage.id for stage in reads(asked)}
    assert work_units(asked) == 6 * 90
    assert "mask" in slug(asked)


def test_a_vote_is_on_clean_text_unless_all_is_meant() -> None:
    typos = ({"perturbation": "typo_edit", "severities": (1, 5)},)
    assert {each.cell.condition for each in planned(NOISE, conditions=typos).ballots} == {"clean"}
    everything = planned(conditions=typos, polls=({"voting": NOISE, "text": "all"},))
    assert Counter(each.cell.severity for each in everything.ballots) == {0: 2, 1: 2, 5: 2}


def test_arms_and_targets_are_picked_by_name() -> None:
    arms = ({"name": "a"}, {"name": "b"})
    picked = ({"voting": NOISE, "arms": "b", "targets": ("pocket-paws",)},)
    found = planned(targets=("pocket-nli", "pocket-paws", "pocket-tags"), arms=arms, polls=picked).ballots
    assert {(each.cell.arm, each.cell.target) for each in found} == {("b", "pocket-paws")}


def test_controls_are_not_asked_to_vote() -> None:
    arm = {"name": "a", "sequences": (("pocket-paws",),), "controls": ("label_shuffled",)}
    plan = planned(NOISE, arms=(arm,))
    assert {cell.arm for cell in plan.cells} == {"a", "a+label_shuffled"}
    assert {each.cell.arm for each in plan.ballots} == {"a"}


def test_only_text_of_the_target_is_masked() -> None:
    mixed = ("pocket-nli", "pocket-tags")
    arm = {"name": "a", "sequences": (("pocket-paws", mixed),), "mask": 0.5}
    assert [stage.mask for stage in trainings(planned(arms=(arm,)).stages)] == [0.0, 0.0, 0.5]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"targets": ("pocket-tags",), "polls": ({"voting": NOISE},)}, "its format is tag, whose answers"),
        ({"targets": ("pocket-qa",), "polls": ({"voting": MASK},)}, "its format is span"),
        ({"targets": ("pocket-copa",), "polls": ({"voting": MASK},)}, "certificates are for classification"),
        ({"targets": ("pocket-tatoeba",), "polls": ({"voting": NOISE},)}, "no label to vote on"),
        ({"polls": ({"voting": NOISE, "arms": "maskd"},)}, "has no arm 'maskd'; did you mean 'masked'"),
        (
            {"polls": ({"voting": NOISE}, {"voting": MASK}, {"voting": NOISE, "arms": "masked", "text": "all"})},
            "vote noisy.* stands here twice for arm masked on pocket-nli",
        ),
        ({"polls": ({"voting": NOISE, "targets": "xnli"},)}, "has no target 'xnli'"),
        ({"targets": ("pocket-ner",), "arms": ({"name": "m", "mask": 0.5},)}, "labels stand at places of the text"),
        (
            {"base": {"model": "o/e", "revision": "0" * 40}, "polls": ({"voting": SHIFT},)},
            "unit translation needs a dictionary",
        ),
    ],
)
def test_what_cannot_be_voted_on_is_said_before_anything_runs(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        planned(**({"arms": ({"name": "masked"},)} | changes))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ('{ kind = "perturbed", perturbation = "word_drop", severity = 9 }', "severity 9 does not exist"),
        ('{ kind = "perturbed", perturbation = { kind = "xling_pair" }, severity = 1 }', "draws from more"),
        ('{ kind = "masked", rate = 1.5 }', "less than 1"),
        ('{ kind = "noisy", unit = "translation", where = "block" }', "where must be word"),
        ('"masks"', "is not one of the votes"),
        ('{ kind = "perturbed", perturbation = "drop", severity = 1 }', r"perturbation: 'drop' is not one of the pert"),
    ],
)
def test_bad_settings_are_explained(tmp_path: Path, table: str, complaint: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(
        f"""
name = "v"
seeds = [1]
base = {{ model = "pocket" }}
targets = ["pocket-nli"]
[[arm]]
name = "a"
[[vote]]
voting = {table}
""",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match=complaint):
        load_study(path)


# Results


def test_every_item_has_its_vote_and_its_plain_answer_beside_it(plan: Plan, store: Store) -> None:
    outcomes = results.outcomes(plan, store).filter(polars.col("condition") == "clean")
    for table in votes_of(plan, store):
        assert table.height == 6
        assert (table["first"] >= table["second"]).all()
    plain = {(row["language"], row["example"]): row["answer"] for row in outcomes.iter_rows(named=True)}
    for ballot in plan.ballots:
        table = polars.read_parquet(store.file(plan.stages[ballot.cell.stage], VOTES))
        assert all(
            plain[ballot.cell.language, uid] == answer for uid, answer in table.select("example", "answer").rows()
        )


def test_the_table_of_votes_adds_up(plan: Plan, store: Store) -> None:
    table = voted.votes(plan, store)
    assert set(table["status"]) == {"done"}
    assert table["readings"].to_list() == [30 + 60, 9, 3, 9] * 2
    single = results.scores(plan, store).filter(polars.col("main"))
    by_language = dict(single.select("language", "value").rows())
    for row in table.iter_rows(named=True):
        assert row["single"] == pytest.approx(by_language[row["language"]])
        assert row["gap"] == pytest.approx(row["majority"] - row["single"])
        assert row["sure_and_right"] <= row["majority"]


def test_certificates_follow_from_the_counts(plan: Plan, store: Store) -> None:
    table = next(each for each in votes_of(plan, store) if "certified" in each.columns)
    for row in table.iter_rows(named=True):
        assert row["kept"] == num_kept(row["words"], 0.6)
        assert row["hits"] <= 60
        assert row["at_least"] == pytest.approx(lower_bound(row["hits"], 60, 0.05))
        most = certified(row["at_least"], row["words"], row["kept"])
        assert row["certified"] == (None if row["abstains"] else most)


def test_certified_accuracy_falls_with_every_word_and_never_exceeds_the_votes(plan: Plan, store: Store) -> None:
    proven, votes = voted.certificates(plan, store), voted.votes(plan, store)
    assert set(proven["vote"]) == {each for each in votes["vote"] if each.startswith("mask")}
    for (language,), own in proven.group_by("language"):
        shares = own.sort("words_changed")["certified"].to_list()
        vote = votes.filter(polars.col("vote").str.starts_with("mask") & (polars.col("language") == language))
        assert shares == sorted(shares, reverse=True)
        assert shares[-1] == 0.0
        assert shares[0] <= vote["sure_and_right"].item() + 1e-9


def test_the_page_keeps_what_is_proven_apart(plan: Plan, store: Store) -> None:
    html = page(plan, store)
    assert "Smoothed answers" in html
    assert "Certified accuracy" in html
    assert "Smoothed answers" not in page(planned(), store)


def test_votes_do_not_hang_on_batches(plan: Plan, store: Store) -> None:
    workshop = workshop_of(plan, store.root, tokens=150)
    asked = [stage for stage in plan.stages.values() if isinstance(stage, Vote) and stage.data.language == "zhelnik"]
    assert len(asked) == 4
    for stage in asked:
        again, _ = vote(stage, workshop)
        assert again.equals(polars.read_parquet(store.file(stage, VOTES)))


def test_choices_are_voted_on_too(tmp_path: Path) -> None:
    plan = planned(NOISE, {"kind": "masked", "draws": 5}, targets=("pocket-copa",), languages=("solvane",))
    store = made(plan, workshop_of(plan, tmp_path))
    assert [each.height for each in votes_of(plan, store)] == [6, 6]
    assert voted.certificates(plan, store).height == 0


def test_without_a_mask_token_words_are_not_masked(plan: Plan, store: Store) -> None:
    workshop = workshop_of(plan, store.root)
    asked = next(
        stage for stage in plan.stages.values() if isinstance(stage, Vote) and isinstance(stage.voting, MaskedVote)
    )
    workshop.tokenizer(asked.base).mask_token = None
    with pytest.raises(ValueError, match="no token that masks a word"):
        vote(asked, workshop)


def test_a_vote_speaks_as_an_evaluation_does(tmp_path: Path) -> None:
    stack = {"name": "stack", "method": {"kind": "madx"}, "language_adapters": {"text": "pocket-text"}}
    few = {"recipe": {"steps": 3, "checks": 1}, "limit": {"train": 30, "dev": 8, "test": 6}}
    plan = planned(NOISE, arms=(stack,), **few)
    held = [stage for stage in plan.stages.values() if isinstance(stage, Vote)]
    asked = [stage for stage in plan.stages.values() if isinstance(stage, Evaluate)]
    assert len(held) == 2
    assert {each.language_adapter for each in held} == {each.language_adapter for each in asked}
    assert all(each.language_adapter in weights_read(each) and each.language_adapter in reads(each) for each in held)
    assert [each.cell.adapter for each in plan.ballots] == ["solvane", "zhelnik"]
    store = made(plan, workshop_of(plan, tmp_path))
    for vote_on, evaluation in zip(held, asked, strict=True):
        answers = polars.read_parquet(store.file(vote_on, VOTES))["answer"].to_list()
        assert answers == polars.read_parquet(store.file(evaluation, OUTCOMES))["answer"].to_list()


# Training on masked text


def test_other_words_are_masked_in_every_epoch_and_the_same_again_on_a_resumed_run(plan: Plan, store: Store) -> None:
    (trained,) = trainings(plan.stages)
    workshop = workshop_of(plan, store.root)
    mask = workshop.tokenizer(trained.base).mask_token_id
    rows, again = (rows_of(workshop, trained, trained.data) for _ in range(2))
    first, second = rows.at(range(20), 0), rows.at(range(20), 1)
    assert first == again.at(range(20), 0)
    assert rows.at([7, 3], 1) == [second[7], second[3]]
    assert all(one.rows != other.rows for one, other in zip(first, second, strict=True))
    whole = workshop.encoding(trained.data[0], trained).features[:20]
    assert [each.target for each in first] == [each.target for each in whole]
    assert [each.example for each in first] == [each.example for each in whole]
    masks = sum(feature.rows[0].ids.count(mask) for feature in first)
    assert masks > 20
    assert sum(feature.rows[0].ids.count(mask) for feature in whole) == 0
