"""Items whose parts are in two languages: built from parallel sets, scored as a condition, shown as a matrix."""

from pathlib import Path
from typing import Any

import pytest

from crosswind import catalog, results
from crosswind.console.running import crew, execute
from crosswind.formats.choose import CHOOSE, Choice
from crosswind.formats.classify import CLASSIFY, Classification
from crosswind.formats.span import SPAN, Question, Quote
from crosswind.perturbations.xling_pair import paired
from crosswind.plan import make_plan
from crosswind.report import summary
from crosswind.report.page import page
from crosswind.stages import Perturb
from crosswind.store import Store
from crosswind.study import Study, StudyError
from crosswind.study_file import load_study

STUDY = """
name = "pairs"
seeds = [1, 2]
base = { model = "pocket" }
targets = ["pocket-nli", "pocket-qa", "pocket-tags"]
languages = ["solvane", "zhelnik", "lanthep"]
limit = { train = 32, dev = 8, test = 9 }
recipe = { steps = 2, batch = 4 }

[[arm]]
name = "plain"

[[condition]]
perturbation = "xling_pair"
"""


def study(folder: Path, text: str = STUDY) -> Study:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.toml")


def nli(uid: str, language: str, label: str = "neutral") -> Classification:
    return Classification(uid=uid, cluster=uid, first=f"first {language}", second=f"second {language}", label=label)


def test_the_second_part_comes_from_the_other_language() -> None:
    found, left = paired(CLASSIFY, [nli("1", "a")], [nli("0", "b"), nli("1", "b")])
    assert found == [Classification(uid="1", cluster="1", first="first a", second="second b", label="neutral")]
    assert not left
    one, other = (Choice(uid="1", cluster="1", prompt=f"p {c}", choices=(f"x {c}", f"y {c}"), answer=1) for c in "ab")
    assert paired(CHOOSE, [one], [other])[0] == [
        Choice(uid="1", cluster="1", prompt="p a", choices=("x b", "y b"), answer=1)
    ]
    asked, asked_there = (
        Question(uid="1", cluster="1", question=f"q {c}", context=f"{c} word", answers=(Quote("word", 2),))
        for c in "ab"
    )
    assert paired(SPAN, [asked], [asked_there])[0] == [
        Question(uid="1", cluster="1", question="q b", context="a word", answers=(Quote("word", 2),))
    ]


def test_what_does_not_match_is_left_out_and_counted() -> None:
    found, left = paired(
        CLASSIFY, [nli("1", "a"), nli("2", "a"), nli("3", "a")], [nli("2", "b", "entailment"), nli("3", "b")]
    )
    assert [example.uid for example in found] == ["3"]
    assert left == {"the other language lacks the item": 1, "its label differs in the other language": 1}


def test_a_text_alone_has_no_second_part() -> None:
    alone = Classification(uid="1", cluster="1", first="x", label="neutral")
    with pytest.raises(ValueError, match="'1' has no second part"):
        paired(CLASSIFY, [alone], [alone])


@pytest.mark.parametrize(
    ("name", "part"), [("pocket-nli", "second"), ("pocket-paws", "second"), ("pocket-copa", "choices")]
)
def test_pocket_sets_are_parallel(name: str, part: str) -> None:
    task = catalog.load("tasks", name)()
    one, other = (task.examples(code, "test", 60) for code in ("taruvik", "lanthep"))
    found, left = paired(task.format, one, other)
    assert not left
    for made, mine, theirs in zip(found, one, other, strict=True):
        assert getattr(made, part) == getattr(theirs, part) != getattr(mine, part)


def test_a_study_gets_every_ordered_pair_where_it_applies(tmp_path: Path) -> None:
    planned = make_plan(study(tmp_path))
    pairs = [stage for stage in planned.stages.values() if isinstance(stage, Perturb)]
    assert len(pairs) == 2 * 3 * 2
    assert all(stage.other and stage.other.language != stage.data.language for stage in pairs)
    reasons = {cell.reason for cell in planned.cells if cell.target == "pocket-tags" and cell.condition != "clean"}
    assert reasons
    assert all("does not apply to pocket-tags" in reason for reason in reasons)
    one = make_plan(study(tmp_path, STUDY.replace('"xling_pair"', '{ kind = "xling_pair", language = "zhelnik" }')))
    assert {cell.condition for cell in one.cells} == {"clean", "xling_pair:zhelnik"}
    with pytest.raises(StudyError, match=r"condition\[1\]\.perturbation\.language: no target .*did you mean 'zhelnik'"):
        study(tmp_path, STUDY.replace('"xling_pair"', '{ kind = "xling_pair", language = "zhelnk" }'))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("pairs")
    planned, store = make_plan(study(folder)), Store(folder / "store")
    assert execute(planned, store, crew(planned, workers=1)).complete
    return planned, store


def test_pairs_are_scored_and_shown_as_a_matrix(made: Any) -> None:
    planned, store = made
    scores = results.scores(planned, store)
    (nli_matrix, qa_matrix) = summary.matrices(scores)
    assert (nli_matrix.target, qa_matrix.target) == ("pocket-nli", "pocket-qa")
    assert nli_matrix.languages == ("solvane", "zhelnik", "lanthep")
    assert all(value is not None for row in nli_matrix.rows for value in row)
    html = page(planned, store)
    assert "Across languages" in html
    assert "pocket-nli, plain:" in html


def test_pairs_do_not_enter_the_means_of_perturbed_text(made: Any) -> None:
    planned, store = made
    scores = results.scores(planned, store)
    assert [line.perturbed for line in summary.lines(scores.filter(~summary.is_pair()))] == [{}] * 3
