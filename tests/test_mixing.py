"""Mixed text from a study's file to its scores: what is aligned, what is mixed, what is refused, what is recorded."""

from pathlib import Path
from typing import Any

import pytest

from crosswind import results
from crosswind.console.explain import explained
from crosswind.console.outline import outline, standing
from crosswind.console.running import crew, execute
from crosswind.estimate import Throughput
from crosswind.identity import Stage
from crosswind.losses import losses
from crosswind.machine import Resources
from crosswind.perturbations.dictionary import folded
from crosswind.plan import Plan, make_plan
from crosswind.pocket.lexicon import translations
from crosswind.sources.published import Library
from crosswind.stages import Align, Perturb, parents, reads, slug
from crosswind.store import LINKS, Store
from crosswind.study import StudyError
from crosswind.study_file import load_study
from crosswind.tasks.copa_original import CopaOriginal
from crosswind.tasks.xcopa import Xcopa
from crosswind.workload import work_units
from crosswind.workshop import Workshop

pytestmark = pytest.mark.xdist_group("mixing")

STUDY = """
name = "mixed"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli", "pocket-tags"]
languages = ["solvane", "zhelnik", "lanthep"]
limit = { train = 16, dev = 6, test = 12 }
recipe = { steps = 1, batch = 4 }

[[arm]]
name = "plain"

[[condition]]
perturbation = "codemix"
severities = [1, 5]

[[condition]]
severities = [5]
[condition.perturbation]
kind = "codemix"
languages = ["taruvik", "brudnar"]
sources = ["aligned", "confirmed", "dictionary"]
dictionary = "lexicon"
"""


def planned(folder: Path, text: str = STUDY) -> Plan:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return make_plan(load_study(folder / "study.toml"))


def of_kind(plan: Plan, kind: type[Stage]) -> list[Any]:
    return [stage for stage in plan.stages.values() if isinstance(stage, kind)]


def test_severities_share_an_alignment_which_is_a_parent_of_what_is_mixed(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    aligned, mixed = of_kind(plan, Align), of_kind(plan, Perturb)
    pairs = {(stage.data.language, stage.other.language) for stage in aligned}
    assert pairs == {("zhelnik", "solvane"), ("lanthep", "solvane")} | {
        (own, other) for own in ("solvane", "zhelnik", "lanthep") for other in ("taruvik", "brudnar")
    }
    assert len(aligned) == len(pairs)
    nli = [stage for stage in mixed if stage.data.task.role == "nli"]
    one = next(stage for stage in aligned if stage.other.language == "solvane")
    assert {stage.severity for stage in nli if stage.aligned == (one,)} == {1, 5}
    order = list(plan.stages)
    for stage in nli:
        assert set(stage.aligned) <= set(parents(stage)) & set(reads(stage))
        assert all(order.index(each.id) < order.index(stage.id) for each in parents(stage))
    assert all(not stage.aligned for stage in mixed if stage.data.task.role == "pos")
    assert {work_units(stage) for stage in aligned} == {12}


def test_what_cannot_be_mixed_has_its_reason_and_the_rest_its_cells(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    reasons = {(cell.target, cell.language): cell.reason for cell in plan.cells if cell.condition == "codemix"}
    assert "the text is in solvane already" in reasons["pocket-nli", "solvane"]
    assert "no version in that language" in reasons["pocket-tags", "zhelnik"]
    assert not reasons["pocket-nli", "zhelnik"]
    assert not any(cell.reason for cell in plan.cells if cell.condition.startswith("codemix:taruvik+brudnar"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '["pocket-nli", "pocket-tags"]',
            '["pocket-tags"]',
            r"condition\[1\]: applies to no target",
        ),
        ('languages = ["solvane", "zhelnik", "lanthep"]', 'languages = "solvane"', "the text is in solvane already"),
        (
            'dictionary = "lexicon"',
            'dictionary = "none"',
            r"condition\[2\]\.perturbation\.dictionary: .*none is no folder",
        ),
        ('dictionary = "lexicon"', "", "the source 'confirmed' needs a dictionary"),
        ('dictionary = "lexicon"', 'dictionary = "lexicon"\nlayer = 4', "layer 4 is asked for, but the encoder has 3"),
        ("severities = [5]", "severities = [6]", r"severity 6 does not exist for codemix:taruvik\+brudnar"),
    ],
)
def test_check_refuses_what_can_have_nothing(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in STUDY
    with pytest.raises(StudyError, match=message):
        planned(tmp_path, STUDY.replace(old, new))


def test_a_dictionary_is_read_from_beside_the_study_wherever_that_lies(tmp_path: Path) -> None:
    words = STUDY.replace('dictionary = "lexicon"', 'dictionary = "words"').replace('"brudnar"', '"theskai"')
    ids = []
    for name in ("here", "there"):
        (tmp_path / name / "words").mkdir(parents=True)
        (tmp_path / name / "words" / "zhelnik-taruvik.tsv").write_text("вода\tmiva\n", encoding="utf-8")
        plan = planned(tmp_path / name, words)
        ids.append([stage.id for stage in of_kind(plan, Perturb)])
        (path,) = plan.study.library.contents.values()
        assert path == str((tmp_path / name / "words" / "zhelnik-taruvik.tsv").resolve())
    assert ids[0] == ids[1]
    (tmp_path / "there" / "words" / "zhelnik-taruvik.tsv").write_text("вода\tnovi\n", encoding="utf-8")
    again = {stage.id for stage in of_kind(planned(tmp_path / "there", words), Perturb)}
    assert set(ids[0]) - again  # texts that the changed file bears on
    assert set(ids[0]) & again  # and all others


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Store]:
    folder = tmp_path_factory.mktemp("mixed")
    plan, store = planned(folder), Store(folder / "store")
    assert execute(plan, store, crew(plan, workers=1)).complete
    return plan, store


def test_every_mixed_cell_is_scored(made: tuple[Plan, Store]) -> None:
    plan, store = made
    scores = results.scores(plan, store)
    assert set(scores["status"]) == {"done", "n/a"}


def test_mixed_words_are_words_of_the_other_language(made: tuple[Plan, Store]) -> None:
    plan, store = made
    workshop = Workshop(store, Resources())
    stage = next(each for each in of_kind(plan, Perturb) if each.data.language == "zhelnik" and each.severity == 5)
    latin = changed = 0
    words = {folded(other) for _, other in translations("zhelnik", "solvane")}
    for before, after in zip(workshop.examples(stage.data), workshop.examples(stage), strict=True):
        assert (after.uid, after.label) == (before.uid, before.label)
        own = set(before.first.strip(".").split())
        new = [word for word in after.first.strip(".").split() if word not in own]
        changed += bool(new)
        latin += len(new)
        assert {folded(word) for word in new} <= words
    assert changed >= 10
    assert latin >= 2 * changed


def test_records_say_what_was_aligned_and_mixed(made: tuple[Plan, Store]) -> None:
    plan, store = made
    for stage in of_kind(plan, Align):
        facts = store.record(stage).facts
        assert facts["units"] == 12
        assert 0 < facts["linked"] <= facts["words"]
        assert 0 < facts["mean_similarity"] < 1
    for stage in of_kind(plan, Perturb):
        facts = store.record(stage).facts
        assert 0.9 * 12 <= facts["eligible"] <= 12
        assert 0.3 * facts["words"] < facts["mixable_words"] <= facts["words"]
        assert sum(facts["phrases"].values()) == facts["places"]
        assert set(facts["phrases"]) <= {"aligned", "confirmed", "dictionary"}
        assert facts["changed"] <= facts["units"] == 12
        assert (facts["mean_similarity"] is None) == (stage.data.task.role == "pos")


def test_the_verbs_show_alignments(made: tuple[Plan, Store]) -> None:
    plan, store = made
    assert any(line.startswith("align") and " 8 done" in line for line in standing(plan, store))
    assert any(line.startswith("align") and "8 stages, 8 in the store" in line for line in outline(plan, store))
    stage = next(each for each in of_kind(plan, Align) if each.other.language == "solvane")
    told = "\n".join(explained(stage.id, store, plan))
    assert told.startswith(f"align pocket-nli-{stage.data.language}-test-with-solvane  {stage.id}")
    assert "nearest finished: align" in told
    assert Throughput.of(store, plan.stages.values()).total([stage])


def test_items_that_have_no_version_are_told(tmp_path: Path) -> None:
    plan, store = planned(tmp_path), Store(tmp_path / "store")
    stage = of_kind(plan, Align)[0]
    store.prepare()
    work = store.work(stage)
    (work / LINKS).touch()
    store.publish(stage, work, (LINKS,), {"left_out": {"the other language lacks the item": 3}}, {})
    (loss,) = losses(plan, store)
    assert (loss.of, loss.count) == (slug(stage), 3)
    assert loss.why == "not aligned, so not mixed by it: the other language lacks the item"


def test_xcopa_is_mixed_with_what_it_was_translated_from(tmp_path: Path) -> None:
    row = '{"premise": "%s", "choice1": "%s", "choice2": "%s", "question": "cause", "idx": 0, "label": %s}\n'
    for path, texts in {
        "xcopa/tr/test.tr.jsonl": ("Ağladım.", "Düştüm.", "Güldüm.", "0"),
        "COPA/test.jsonl": ("I cried.", "I fell.", "I laughed.", "null"),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(row % texts, encoding="utf-8")
    library = Library(folders=(str(tmp_path),))
    (translated,) = Xcopa().examples("tr", "test", library=library)
    (original,) = CopaOriginal().examples("en", "test", library=library)
    assert Xcopa().format.agree(translated, original)
    assert original.choices == ("I fell.", "I laughed.")
    text = STUDY.replace('["pocket-nli", "pocket-tags"]', '["xcopa"]').replace(
        '"solvane", "zhelnik", "lanthep"', '"tr", "sw"'
    )
    plan = planned(tmp_path, text[: text.rindex("[[condition]]")])
    aligned = of_kind(plan, Align)
    assert {(stage.data.language, stage.other.language) for stage in aligned} == {("tr", "en"), ("sw", "en")}
    assert {type(stage.other.task) for stage in aligned} == {CopaOriginal}
