"""The invariants on what the field really has; needs CROSSWIND_DATA, a folder laid out as its README says."""

import json
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosswind.formats.span import Question
from crosswind.formats.versions import matched
from crosswind.perturbations.base import Rated, Rewrite
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.distract import Distract
from crosswind.perturbations.links import Link
from crosswind.perturbations.phrases import Version, phrases
from crosswind.perturbations.sampling import sample
from crosswind.sources.published import Library
from crosswind.tasks.xquad import PER_ARTICLE, Xquad
from crosswind.text.answers import squad_normal
from crosswind.text.item import Item, plain_field, token_field
from crosswind.text.normal import normalise
from crosswind.text.stock import Stock
from crosswind.text.words import BUILTIN
from tests.perturbations.specimens import RATED, stocked
from tests.perturbations.test_contract import check, check_tokens

DATA = Path(os.environ.get("CROSSWIND_DATA", "/nonexistent"))
# where the code of two letters is not the beginning of that of three
ISO = {"ben": "bn", "cmn": "zh", "est": "et", "ind": "id", "jpn": "ja", "pol": "pl", "spa": "es", "tur": "tr"}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="CROSSWIND_DATA is not set")
rated = pytest.mark.parametrize("perturbation", RATED, ids=lambda found: found.label)


def contexts(path: Path) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """The paragraphs of an XQuAD file with the answers to all of their questions."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            answers = [answer for question in paragraph["qas"] for answer in question["answers"]]
            yield paragraph["context"], [(answer["answer_start"], answer["text"]) for answer in answers]


def sentences(path: Path) -> Iterator[list[str]]:
    """The sentences of a CoNLL-U file as lists of words."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        if rows:
            yield [row[1] for row in rows if row[0].isdigit()]


@pytest.mark.parametrize("path", sorted(DATA.glob("xquad/*.json")), ids=lambda path: path.name)
def test_answers_keep_their_place_through_normalisation(path: Path) -> None:
    for raw in (False, True):
        for context, answers in contexts(path):
            text = unicodedata.normalize("NFD", context) if raw else context
            found = normalise(text)
            for start, answer in answers:
                begin = len(unicodedata.normalize("NFD", context[:start])) if raw else start
                end = begin + len(unicodedata.normalize("NFD", answer) if raw else answer)
                left, right = found.span((begin, end))
                assert found.text[left:right] == unicodedata.normalize("NFC", answer)


@rated
@pytest.mark.parametrize("path", sorted(DATA.glob("xquad/*.json")), ids=lambda path: path.name)
def test_answers_are_projected(path: Path, perturbation: Rated) -> None:
    rates = dict.fromkeys(perturbation.levels.rates, (0.3,))
    lang = path.name.split(".")[1]
    for number, (context, answers) in enumerate(contexts(path)):
        found = normalise(context)
        keep = [found.span((start, start + len(answer))) for start, answer in answers]
        fields = {"context": plain_field(found.text, lang, str(number), keep)}
        item = Item("xquad", "test", str(number), fields, stocked(fields))
        check(sample(perturbation, item, 1, seed=1, rates=rates))


@pytest.mark.parametrize("code", ["en", "zh", "th", "hi", "ar"])
def test_distractors_hold_no_answer_and_leave_the_answers_where_they_are(code: str) -> None:
    task, perturbation = Xquad(), Distract()
    examples = task.examples(code, "test", None, Library(folders=(str(DATA),)))
    stocks, some = perturbation.stocks(task.format, examples, []), examples[::7]
    for level in (1, 3, 5):
        padded = 0
        for example in some:
            item = task.format.item(example, "xquad", "test", code, stocks[example.uid])
            perturbed = sample(perturbation, item, level, seed=1)
            check(perturbed)
            found = task.format.restore(example, perturbed)
            task.format.check(found, ())
            assert [quote.text for quote in found.answers] == [quote.text for quote in example.answers]
            golds = {squad_normal(quote.text) for quote in example.answers}
            added = [edit.new for edit in perturbed.edits["context"]]
            assert not any(gold in squad_normal(text) for text in added for gold in golds)
            assert not any(text.strip() in context for text in added for context in contexts_of(examples, example))
            padded += bool(added)
        assert padded > 0.98 * len(some)


def contexts_of(examples: list[Question], example: Question) -> list[str]:
    """The contexts of an example's own article."""
    return [each.context for each in examples if each.article == example.article]


def test_five_paragraphs_in_a_row_are_one_article() -> None:
    for path in sorted(DATA.glob("xquad/*.json")):
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        assert {len(article["paragraphs"]) for article in articles} == {PER_ARTICLE}


@rated
@pytest.mark.parametrize("path", sorted(DATA.glob("ud/*.conllu")), ids=lambda path: path.name)
def test_tokens_are_projected(path: Path, perturbation: Rated) -> None:
    if isinstance(perturbation, Rewrite):
        pytest.skip("it rewrites tokens instead")
    rates = dict.fromkeys(perturbation.levels.rates, (0.3,))
    lang = path.name.partition("_")[0]
    for number, words in zip(range(400), sentences(path), strict=False):
        tokens = [normalise(word).text for word in words]
        fields = {"tokens": token_field(tokens, lang, str(number))}
        item = Item("udpos", "test", str(number), fields, stocked(fields))
        perturbed = sample(perturbation, item, 1, seed=1, rates=rates)
        check(perturbed)
        check_tokens(perturbed)


@rated
@pytest.mark.parametrize("path", sorted(DATA.glob("tatoeba/tatoeba.*-eng.*")), ids=lambda path: path.name)
def test_sentences_stay_sound(path: Path, perturbation: Rated) -> None:
    code = path.suffix.removeprefix(".")
    lang = ISO.get(code, code[:2])
    top = perturbation.levels.severities[-1]
    for number, line in zip(range(200), path.read_text(encoding="utf-8").splitlines(), strict=False):
        fields = {"query": plain_field(normalise(line).text, lang, str(number))}
        item = Item("tatoeba", "test", str(number), fields, stocked(fields))
        check(sample(perturbation, item, top, seed=1))


@rated
@pytest.mark.parametrize("path", sorted(DATA.glob("xcopa/*/test.*.jsonl")), ids=lambda path: path.name)
def test_choices_stay_sound(path: Path, perturbation: Rated) -> None:
    lang, top = path.name.split(".")[1], perturbation.levels.severities[-1]
    for number, line in zip(range(150), path.read_text(encoding="utf-8").splitlines(), strict=False):
        row = json.loads(line)
        texts = {"prompt": row["premise"], "choice1": row["choice1"], "choice2": row["choice2"]}
        fields = {name: plain_field(normalise(text).text, lang, str(number)) for name, text in texts.items()}
        check(sample(perturbation, Item("xcopa", "test", str(number), fields, stocked(fields)), top, seed=1))


@pytest.mark.parametrize("code", sorted(Xquad().languages))
def test_questions_take_words_of_their_translations(code: str) -> None:
    """Links are made up, word by word from the beginning, since only an encoder could know them."""
    task, library = Xquad(), Library(folders=(str(DATA),))
    guest = "de" if code == "en" else "en"
    own, others = (task.examples(each, "test", None, library) for each in (code, guest))
    pairs, left = matched(task.format, own, others)
    assert (len(pairs), left) == (len(own), {})
    mixed = 0
    for example, other in pairs[::3]:
        first, second = (
            task.format.field(each, "question", each.question, lang, BUILTIN)
            for each, lang in ((example, code), (other, guest))
        )
        links = [Link(place, place, 0.9) for place in range(min(len(first.words), len(second.words)))]
        found = phrases(first, [Version(guest, second, links)], ("aligned",), 0.5)
        item = Item("xquad", "test", example.uid, {"question": first}, Stock(phrases={"question": found}))
        perturbed = sample(Codemix(), item, 5, seed=1)
        check(perturbed)
        assert all(edit.new.strip() in other.question for edit in perturbed.edits["question"])
        mixed += bool(perturbed.edits["question"])
    assert mixed > 0.95 * len(pairs[::3])
