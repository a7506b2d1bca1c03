"""Studies with language adapters: what is planned, what is refused, and that runs, stops and pages come out right."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from crosswind import results
from crosswind.failures import lost_of
from crosswind.jobs import Result
from crosswind.machine import Resources
from crosswind.methods.language_adapter import LanguageAdapter
from crosswind.methods.languages import languages_of
from crosswind.models.batch import collate
from crosswind.plan import Plan, make_plan, trainings
from crosswind.report.page import page
from crosswind.report.spending import by_arm
from crosswind.report.tree import stand_ins
from crosswind.stages import Evaluate, Train, clean, parents, reads
from crosswind.store import WEIGHTS, Store
from crosswind.study import StudyError
from crosswind.study_file import load_study
from crosswind.work import perform
from crosswind.workshop import Workshop, begin_model
from tests.train.conftest import one_thread  # noqa: F401

HEAD = """
name = "tongues"
seeds = {seeds}
base = {{ model = "pocket" }}
targets = ["pocket-tags"]
languages = ["solvane", "zhelnik", "tingsao"]
limit = {{ train = 24, dev = 8, test = 8 }}
recipe = {{ steps = 4, batch = 4, max_length = 32, checks = 2 }}

[[arm]]
name = "stack"
sequences = {sequences}
method = {{ kind = "madx", stack = "{stack}" }}
[arm.language_adapters]
text = "pocket-text"
"""


def planned(
    folder: Path, settings: str = "", seeds: str = "[1]", sequences: str = "[[]]", stack: str = "library"
) -> Plan:
    path = folder / "tongues.toml"
    path.write_text(HEAD.format(seeds=seeds, sequences=sequences, stack=stack) + settings, encoding="utf-8")
    return make_plan(load_study(path))


def adapters(plan: Plan) -> list[Train]:
    return [stage for stage in trainings(plan.stages) if isinstance(stage.method, LanguageAdapter)]


def tasks(plan: Plan) -> list[Train]:
    return [stage for stage in trainings(plan.stages) if not isinstance(stage.method, LanguageAdapter)]


def evaluations(plan: Plan) -> list[Evaluate]:
    return [stage for stage in plan.stages.values() if isinstance(stage, Evaluate)]


def text_of(stage: Train) -> tuple[str, ...]:
    return tuple(clean(data).language for data in stage.data)


def test_one_adapter_a_language_is_shared_by_seeds_and_exchanged_where_text_is_read(tmp_path: Path) -> None:
    plan = planned(tmp_path, seeds="[1, 2]")
    assert [text_of(stage) for stage in adapters(plan)] == [("solvane",), ("zhelnik",), ("tingsao",)]
    assert [stage.seed for stage in adapters(plan)] == [1, 1, 1]
    assert [[text_of(each) for each in stage.language_adapters] for stage in tasks(plan)] == [[("solvane",)]] * 2
    for stage in evaluations(plan):
        assert stage.language_adapter is not None
        assert text_of(stage.language_adapter) == (clean(stage.data).language,)
    assert plan.one_by_one == 8  # a chain by itself would make its own adapters
    assert {(cell.language, cell.adapter) for cell in plan.cells} == {(c, c) for c in ("solvane", "zhelnik", "tingsao")}


def test_the_languages_that_are_read_count_among_an_arms_costs(tmp_path: Path) -> None:
    plan = planned(tmp_path, seeds="[1, 2]")
    assert {stage.id for stage in by_arm(plan)["stack"]} == {stage.id for stage in adapters(plan) + tasks(plan)}


def test_every_seed_may_have_adapters_of_its_own(tmp_path: Path) -> None:
    plan = planned(tmp_path, 'seed = "each"', seeds="[3, 4]")
    assert sorted(stage.seed for stage in adapters(plan)) == [3, 3, 3, 4, 4, 4]
    for stage in tasks(plan):
        assert {each.seed for each in stage.language_adapters} == {stage.seed}


def test_parents_come_first_and_are_read(tmp_path: Path) -> None:
    plan = planned(tmp_path, 'tlr = ["source", "target"]', sequences='[["pocket-ner"]]')
    seen: set[str] = set()
    for stage in plan.stages.values():
        assert {parent.id for parent in parents(stage)} <= seen
        seen.add(stage.id)
    for asked in evaluations(plan):
        assert asked.language_adapter in list(reads(asked))


@pytest.mark.parametrize(
    ("missing", "spoken"), [("none", "none"), ("source", "solvane"), ("nearest:zhelnik", "zhelnik")]
)
def test_what_stands_in_is_told(missing: str, spoken: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, f'languages = ["solvane", "zhelnik"]\nmissing = "{missing}"')
    assert len(adapters(plan)) == 2
    assert {cell.language: cell.adapter for cell in plan.cells} == {
        "solvane": "solvane",
        "zhelnik": "zhelnik",
        "tingsao": spoken,
    }
    (asked,) = (stage for stage in evaluations(plan) if clean(stage.data).language == "tingsao")
    assert (asked.language_adapter and text_of(asked.language_adapter)) == (None if spoken == "none" else (spoken,))
    (line,) = stand_ins(plan)
    there = "no adapter" if spoken == "none" else f"the adapter of {spoken}"
    assert line == f"arm stack has no adapter for tingsao, and reads with {there} there"
    assert line in page(plan, Store(tmp_path / "store"))


def test_a_target_among_the_drawn_languages_makes_a_training_for_each(tmp_path: Path) -> None:
    plan = planned(tmp_path, 'tlr = ["source", "target"]')
    above = {tuple(text_of(each)[0] for each in stage.language_adapters) for stage in tasks(plan)}
    assert above == {("solvane",), ("solvane", "zhelnik"), ("solvane", "tingsao")}
    for stage in evaluations(plan):
        assert isinstance(stage.model, Train)
        assert stage.language_adapter in stage.model.language_adapters
    together = planned(tmp_path, 'tlr = ["source", "zhelnik", "tingsao"]')
    (only,) = tasks(together)
    assert [text_of(each)[0] for each in only.language_adapters] == ["solvane", "zhelnik", "tingsao"]


def test_two_languages_may_share_an_adapter(tmp_path: Path) -> None:
    plan = planned(tmp_path, 'reads = "own-and-source"\ntlr = ["target"]')
    assert {text_of(stage) for stage in adapters(plan)} == {
        ("solvane",),
        ("zhelnik", "solvane"),
        ("tingsao", "solvane"),
    }
    for stage in evaluations(plan):
        assert isinstance(stage.model, Train)
        assert stage.model.language_adapters == (stage.language_adapter,)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            'languages = ["solvane"]',
            r"there is no text for tingsao, zhelnik; say what is spoken there: missing = 'none'",
        ),
        ('languages = ["zhelnik"]\nmissing = "none"', r"has no text in solvane, in which task adapters learn"),
        ('languages = ["solvane", "zelnik"]', r"languages: pocket-text has no language or group 'zelnik'"),
        ('languages = ["solvane"]\nmissing = "nearest:tingsao"', r"missing: 'tingsao' has no adapter itself"),
        ('languages = ["solvane"]\nmissing = "source"\ntlr = ["tingsao"]', r"tlr: 'tingsao' has no adapter; expected"),
        ('method = "bottleneck"', r"method: bottleneck makes none; expected language-adapter"),
        ('[arm.regime]\nkind = "mixed"', r"one language at a time, and regime is 'mixed'"),
        ("method = { kind = 'language-adapter', reduction = 999 }", r"reduction is 999, but the hidden states are 128"),
    ],
)
def test_what_cannot_be_spoken_is_refused(settings: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        planned(tmp_path, settings, sequences='[["pocket-tense"]]')


def test_what_is_missing_has_three_answers(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"missing: expected 'none', 'source' or 'nearest:CODE', found 'sourc'"):
        planned(tmp_path, 'missing = "sourc"')


def test_task_adapters_and_language_adapters_need_each_other(tmp_path: Path) -> None:
    path = tmp_path / "alone.toml"
    whole = HEAD.format(seeds="[1]", sequences="[[]]", stack="library")
    path.write_text(whole.partition("[arm.language_adapters]")[0], encoding="utf-8")
    with pytest.raises(ValueError, match="madx stands on language adapters"):
        make_plan(load_study(path))
    path.write_text(whole.replace('kind = "madx", stack = "library"', 'kind = "bottleneck"'), encoding="utf-8")
    with pytest.raises(ValueError, match="spoken below method madx alone"):
        make_plan(load_study(path))
    path.write_text(whole.replace('"pocket-text"', '"pocket-ner"'), encoding="utf-8")
    with pytest.raises(ValueError, match="text: pocket-ner is no raw text but of format tag"):
        make_plan(load_study(path))


def run(plan: Plan, root: Path, stop: Callable[[], bool] = lambda: False) -> tuple[Store, list[Result]]:
    """Everything that is not made yet, in this process, as far as the first stop."""
    store, made = Store(root), []
    store.prepare()
    held, workshop = store.held(), Workshop(store, Resources(device="cpu", threads=1), stop)
    for stage in plan.stages.values():
        if stage.id not in held:
            made += perform([stage], workshop)
            if made[-1].status != "done":
                break
    return store, made


def test_an_adapter_that_diverged_fails_what_speaks_it(tmp_path: Path) -> None:
    plan, store = planned(tmp_path), Store(tmp_path / "store")
    store.prepare()
    (lost,) = (stage for stage in adapters(plan) if text_of(stage) == ("zhelnik",))
    store.publish(lost, store.work(lost), (), {"wall_seconds": 0.1}, {"device": "toy"}, "diverged at update 1")
    standing = dict(results.cells(plan, store).select("language", "status").rows())
    assert standing == {"solvane": "missing", "zhelnik": "failed", "tingsao": "missing"}
    (lost,) = lost_of(results.scores(plan, store)).values()
    assert {each.language for each in lost} == {"zhelnik"}
    (source,) = (stage for stage in adapters(plan) if text_of(stage) == ("solvane",))
    store.publish(source, store.work(source), (), {"wall_seconds": 0.1}, {"device": "toy"}, "diverged at update 1")
    assert set(results.cells(plan, store)["status"]) == {"failed"}


@pytest.mark.parametrize("stack", ["library", "paper"])
def test_a_study_runs_and_comes_out_the_same_after_stops(stack: str, tmp_path: Path) -> None:
    settings = 'languages = ["solvane", "zhelnik"]\nmissing = "none"\ntlr = ["source", "zhelnik"]'
    plan = planned(tmp_path, settings, sequences='[["pocket-ner"]]', stack=stack)
    whole, made = run(plan, tmp_path / "whole")
    assert [(result.status, result.message) for result in made] == [("done", "")] * len(plan.stages)

    asked = [0]

    def now_and_then() -> bool:
        asked[0] += 1
        return asked[0] % 9 == 0

    stopped = 0
    while True:
        store, found = run(plan, tmp_path / "stopped", now_and_then)
        assert {result.status for result in found} <= {"done", "stopped"}, found
        stopped += any(result.status == "stopped" for result in found)
        if all(result.status == "done" for result in found):
            break
    assert stopped > 2
    for stage in trainings(plan.stages):
        assert store.file(stage, WEIGHTS).read_bytes() == whole.file(stage, WEIGHTS).read_bytes()
    one, other = (results.scores(plan, each).drop("stage") for each in (whole, store))
    assert one.equals(other)
    assert set(one["status"]) == {"done"}
    assert "arm stack has no adapter for tingsao, and reads with no adapter there" in page(plan, whole)

    workshop = Workshop(whole, Resources(device="cpu", threads=1))
    by_language = {clean(stage.data).language: stage for stage in evaluations(plan)}
    last = tasks(plan)[-1]
    begun = begin_model(workshop, last).eval()
    begun.load(whole.file(last, WEIGHTS))
    features = workshop.encoding(last.data[0], last).features[:4]
    batch = collate(features, workshop.tokenizer(last.base).pad_token_id)
    found_by = {}
    with torch.no_grad():
        for language, stage in by_language.items():
            model, _ = workshop.model(stage)
            found_by[language] = model.eval()(batch)
            assert bool(languages_of(model.encoder).spoken) == (language != "tingsao")
        assert torch.equal(found_by["solvane"], begun(batch))  # as in training, above the source's adapter
        assert not torch.equal(found_by["solvane"], found_by["zhelnik"])
        assert not torch.equal(found_by["solvane"], found_by["tingsao"])
        again, _ = workshop.model(by_language["solvane"])
        assert torch.equal(again.eval()(batch), found_by["solvane"])


def test_a_target_that_nothing_is_trained_for_reads_above_tasks_that_took_turns(tmp_path: Path) -> None:
    path = tmp_path / "mixed.toml"
    told = HEAD.format(seeds="[1]", sequences='[[["pocket-tags", "pocket-nli"]]]', stack="library")
    path.write_text(told.replace('targets = ["pocket-tags"]', 'targets = ["pocket-tatoeba"]'), encoding="utf-8")
    cells = make_plan(load_study(path)).cells
    assert cells
    assert {cell.language for cell in cells} == {cell.adapter for cell in cells}
