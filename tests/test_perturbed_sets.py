"""Perturbed sets: one changed context for all its questions, answers that are protected, and what is counted."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crosswind.formats import SPAN
from crosswind.formats.base import Example
from crosswind.formats.retrieve import Lookup, mentioned
from crosswind.formats.span import Question, Quote
from crosswind.formats.tag import Tagging
from crosswind.perturbations.base import Family, Levels, Perturbation, Rewrite, Rewritten
from crosswind.perturbations.case import Case
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.perturbed_sets import perturbed_set
from crosswind.stages import Dataset, Perturb
from crosswind.tasks.base import Task
from crosswind.tasks.mewslix import Mewslix
from crosswind.tasks.pocket_ner import PocketNer
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.tasks.pocket_qa import PocketQa
from crosswind.text.item import Item

CONTEXT = (
    "The old bridge over the river was closed in 1984 after a barge had struck one of its pillars. "
    "Three engineers from Ghent examined it for seven weeks and wrote that nothing heavier than a bicycle should cross."
)


class Shelf:
    """What stands in for a workshop: examples at hand, as if they had been read."""

    def __init__(self, examples: Sequence[Example]):
        self.found = examples

    def examples(self, _data: object) -> Sequence[Example]:
        return self.found


def made(
    task: Task, examples: Sequence[Example], change: Perturbation, severity: int = 5, **more: Any
) -> tuple[list[Any], Mapping[str, Any]]:
    data = Dataset(task=task, language="solvane", split="test")
    stage = Perturb(data=data, perturbation=change, severity=severity, **more)
    return perturbed_set(stage, Shelf(examples))  # type: ignore[arg-type]


def questions(*answers: str, context: str = CONTEXT) -> list[Question]:
    return [
        Question(
            uid=str(number),
            cluster="p",
            question="What was closed for seven weeks?",
            context=context,
            answers=(Quote(answer, context.index(answer)),),
        )
        for number, answer in enumerate(answers)
    ]


def test_all_questions_about_a_context_meet_the_same_changed_one() -> None:
    asked = questions("old bridge", "in 1984", "engineers from Ghent", "a bicycle")
    after, _ = made(PocketQa(), asked, TypoEdit(fields=("context",)))
    (context,) = {each.context for each in after}
    assert context != CONTEXT
    for each in after:
        SPAN.check(each, ())
        assert len(each.answers) == 1
    backwards, _ = made(PocketQa(), asked[::-1], TypoEdit(fields=("context",)))
    assert backwards == after[::-1]


def test_capitals_in_answers_are_projected_or_left_alone_as_is_asked() -> None:
    asked = questions("old bridge", "engineers from Ghent")
    upper = Case(to="upper", fields=("context",))
    after, _ = made(PocketQa(), asked, upper)
    assert [each.answers[0].text for each in after] == ["OLD BRIDGE", "ENGINEERS FROM GHENT"]
    after, _ = made(PocketQa(), asked, upper, answer_mode="protect")
    assert [each.answers[0].text for each in after] == ["old bridge", "engineers from Ghent"]
    assert after[0].context == after[1].context
    assert "THREE engineers from Ghent EXAMINED" in after[0].context


def test_a_track_leaves_the_other_text_alone() -> None:
    asked = questions("old bridge")
    (after,), facts = made(PocketQa(), asked, Case(to="upper", fields=("question",)))
    assert (after.question, after.context) == ("WHAT WAS CLOSED FOR SEVEN WEEKS?", CONTEXT)
    assert facts["words"] == 6


def test_a_mention_is_changed_alike_in_both_its_places() -> None:
    parts = ("the  bridge over", "Scheldt", "is closed")
    query = mentioned(*parts)
    assert query == "Scheldt: the bridge over { Scheldt } is closed"
    lookup = Lookup(uid="1", cluster="1", query=query, candidate="", candidate_uid="", gold=("Q1",), parts=parts)
    (after,), _ = made(Mewslix(), [lookup], Case(to="upper"))
    assert after.query == "SCHELDT: THE BRIDGE OVER { SCHELDT } IS CLOSED"
    (after,), _ = made(Mewslix(), [lookup], TypoEdit(), severity=5, draw=3)
    left, mention, right = after.parts
    assert after.query == mentioned(left, mention, right)
    (alone,), _ = made(Mewslix(), [lookup], Case(to="upper", fields=("mention",)))
    assert alone.query == "SCHELDT: the bridge over { SCHELDT } is closed"


def test_what_was_done_is_counted() -> None:
    task = PocketNli()
    examples = task.examples("solvane", "test", 40)
    after, facts = made(task, examples, TypoEdit(), severity=3)
    changed = sum(
        task.format.fields(one) != task.format.fields(other) for one, other in zip(examples, after, strict=True)
    )
    assert (facts["units"], facts["changed"]) == (40, changed)
    assert facts["eligible"] == 40
    assert 0 < facts["edited"] <= facts["places"] <= facts["words"]
    assert facts["rate"] == facts["edited"] / facts["places"]
    assert facts["withdrawn"] < facts["edited"]
    assert 70 < facts["chrf"] < 100
    assert facts["distance"] >= facts["edited"]


def test_nothing_eligible_is_nothing_changed() -> None:
    task = PocketNli()
    _, facts = made(task, task.examples("qamirut", "test", 5), Case(to="upper"))
    assert {name: facts[name] for name in ("eligible", "changed", "places", "rate", "chrf")} == {
        "eligible": 0,
        "changed": 0,
        "places": 0,
        "rate": 0.0,
        "chrf": 100.0,
    }


class Backwards(Rewrite):
    """Words in the opposite order, with their tags."""

    family: ClassVar[Family] = "diagnostic"

    @property
    def levels(self) -> Levels:
        return Levels({"sentence": (1.0,)}, core=(1,))

    def rewrite(self, item: Item, labels: Sequence[str], level: int, draw: Draw) -> Rewritten:
        tokens = tuple(item.fields["tokens"].text.split())
        return Rewritten(item, tokens[::-1], tuple(labels)[::-1])


def test_words_that_move_with_their_tags_are_counted_too() -> None:
    tagged = [
        Tagging(uid="1", cluster="1", tokens=("Ghent", "is", "old"), tags=("B-LOC", "O", "O")),
        Tagging(uid="2", cluster="2", tokens=("Ghent",), tags=("B-LOC",)),
    ]
    after, facts = made(PocketNer(), tagged, Backwards(), severity=1)
    assert (after[0].tokens, after[0].tags) == (("old", "is", "Ghent"), ("O", "O", "B-LOC"))
    assert (facts["changed"], facts["eligible"], facts["units"]) == (1, 1, 2)
    assert 50 < facts["chrf"] < 100  # the mean of a sentence turned round and of one that cannot be
