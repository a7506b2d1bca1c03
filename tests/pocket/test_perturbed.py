"""Every perturbation of the catalogue on every task in every language: sound text, labels kept, ids disturbed."""

import unicodedata
from typing import Any

import pytest
from transformers import AutoTokenizer

from crosswind import catalog, pocket
from crosswind.perturbations.applicability import validity
from crosswind.perturbations.base import Perturbation, Rewrite
from crosswind.perturbations.sampling import rewritten, sample
from crosswind.tasks.pocket import PocketTask, variety
from tests.perturbations.specimens import PERTURBATIONS

TASKS = [name for name, target in catalog.FAMILIES["tasks"].items() if "tasks.pocket_" in target]
DESCRIBED = ("taruvik~order=SOV", "murnaki~script=Grek")
ROWS = 6

every_perturbation = pytest.mark.parametrize("perturbation", PERTURBATIONS, ids=lambda found: found.label)
every_language = pytest.mark.parametrize("code", [*pocket.LANGUAGES, *DESCRIBED])


def task_of(name: str) -> PocketTask:
    made: PocketTask = catalog.load("tasks", name)()
    return made


def changed(perturbation: Perturbation, name: str, code: str, level: int, count: int = ROWS) -> list[tuple[Any, Any]]:
    """The first test examples of a task, as they are and perturbed."""
    task = task_of(name)
    pairs = []
    for example in task.examples(code, "test", count):
        item, labels = task.format.item(example, name, "test", code), task.format.word_labels(example)
        if isinstance(perturbation, Rewrite) and labels:
            after = task.format.rewritten(example, rewritten(perturbation, item, labels, level, 1))
        else:
            after = task.format.restore(example, sample(perturbation, item, level, 1))
        pairs.append((example, after))
    return pairs


@every_perturbation
@every_language
def test_texts_stay_sound_and_labels_stay(perturbation: Perturbation, code: str) -> None:
    level = perturbation.levels.severities[-1]
    for name in TASKS:
        form = task_of(name).format
        for before, after in changed(perturbation, name, code, level):
            assert (before.uid, before.cluster) == (after.uid, after.cluster)
            for text in form.fields(after).values():
                assert text
                assert unicodedata.is_normalized("NFC", text)
            match name:
                case "pocket-qa":
                    for quote in after.answers:
                        assert after.context[quote.start :].startswith(quote.text)
                        assert quote.text
                case "pocket-tags" | "pocket-ner":
                    assert (len(after.tokens), sorted(after.tags)) == (len(before.tokens), sorted(before.tags))
                    assert after.tags == before.tags or isinstance(perturbation, Rewrite)
                    assert all(after.tokens)
                case "pocket-tatoeba" | "pocket-lareqa":
                    assert (after.candidate, after.others, after.gold) == (
                        before.candidate,
                        before.others,
                        before.gold,
                    )
                case "pocket-text":
                    assert form.gold(after) == after.text  # the text is its own label, so nobody vouches for it
                case "pocket-bucc":
                    assert (after.side, after.partner) == (before.side, before.partner)
                    assert after.text == before.text or before.side == "own"
                case _:
                    assert form.gold(after) == form.gold(before)


@every_language
def test_typos_reach_every_script(code: str) -> None:
    typos = next(each for each in PERTURBATIONS if each.label == "typo_edit")
    pairs = changed(typos, "pocket-nli", code, 5, 20)
    assert sum(before != after for before, after in pairs) >= 0.8 * len(pairs)


@pytest.mark.parametrize(
    "code", [code for code in pocket.LANGUAGES if validity("case", "nli", variety(code).script, 5)]
)
def test_capitals_reach_every_cased_script_and_the_tokenizer_sees_them(code: str) -> None:
    upper = next(each for each in PERTURBATIONS if each.label == "case:upper")
    tokenizer = AutoTokenizer.from_pretrained(pocket.ENCODER)
    for before, after in changed(upper, "pocket-nli", code, 5, 20):
        assert before.first != after.first
        assert tokenizer(before.first)["input_ids"] != tokenizer(after.first)["input_ids"]
