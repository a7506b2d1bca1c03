"""Text in, perturbed text out: the same as in a study, for strings, tokens and texts with spans."""

import itertools
import unicodedata

import pytest
from hypothesis import given, settings

import crosswind
from crosswind.perturbations.case import Case
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.perturber import Perturber
from crosswind.perturbing import perturb, perturb_each
from crosswind.text.clusters import clusters
from crosswind.text.edits import apply
from crosswind.text.item import Item, plain_field
from crosswind.text.similarity import chrf
from tests.text.sentences import RAW, SENTENCES, languages, raw_texts


def test_three_lines_are_enough() -> None:
    noisy = crosswind.perturb(["Ein alter Satz."] * 20, "typo_edit", language="de", level=3, seed=1)
    changed = next(found for found in noisy if found.edits)
    assert changed.text != changed.clean == "Ein alter Satz."
    assert apply(changed.clean, changed.edits) == changed.text


@settings(deadline=None, max_examples=60)
@given(raw_texts, languages)
def test_any_string_is_perturbed_as_an_item_is(raw: str, language: str) -> None:
    (found,) = perturb([raw], "typo_edit", language=language, level=5, ids=["17"])
    field = plain_field(unicodedata.normalize("NFC", raw), language, "17")
    assert found.clean == field.text
    assert found.edits == sample(TypoEdit(), Item("text", "any", "17", {"text": field}), 5, seed=1).edits["text"]
    assert found.text == apply(found.clean, found.edits)


def test_names_tables_and_instances_mean_the_same() -> None:
    text = SENTENCES["el"]
    ways = ({"kind": "case", "to": "upper"}, Case(to="upper"))
    first, second = (perturb([text], way, language="el", level=5)[0] for way in ways)
    assert first.edits == second.edits
    assert first.text == "Η ΠΑΛΙΑ ΓΕΦΥΡΑ ΕΚΛΕΙΣΕ ΤΟΝ ΜΑΪΟ, ΑΛΛΑ Ο ΚΟΣΜΟΣ ΠΕΡΝΑΕΙ ΑΚΟΜΗ."
    assert perturb([text], "case", language="el", level=1)[0].text == text.lower()


def test_equal_ids_get_equal_noise_in_any_company() -> None:
    texts = list(SENTENCES.values())
    together = perturb(texts, "typo_edit", language="en", level=5)
    alone = perturb(texts[3:5], "typo_edit", language="en", level=5, ids=["3", "4"])
    assert [found.text for found in alone] == [found.text for found in together[3:5]]
    other = perturb(texts, "typo_edit", language="en", level=5, seed=2)
    assert [found.text for found in other] != [found.text for found in together]


def test_a_stream_is_read_no_further_than_asked() -> None:
    read = []

    def endless():
        for number in itertools.count():
            read.append(number)
            yield "Der alte Satz."

    stream = perturb_each(endless(), "typo_edit", language="de", level=1)
    assert len(list(itertools.islice(stream, 3))) == len(read) == 3


def test_tokens_stay_tokens() -> None:
    for found in perturb([RAW["tr"].split()] * 30, "typo_edit", language="tr", level=5):
        assert len(found.parts) == len(RAW["tr"].split())
        assert " ".join(found.parts) == found.text
        assert all(found.parts)


def test_spans_survive_normalisation_and_noise() -> None:
    context = unicodedata.normalize("NFD", "Die Straße über den Fluß führt nach Köln, heißt es.")
    answer = unicodedata.normalize("NFD", "über den Fluß")
    start = context.index(answer)
    spans = [(start, start + len(answer)), (0, 3)]
    found = perturb([(context, spans)] * 40, "typo_edit", language="de", level=5)
    assert any(each.parts[0] != "über den Fluß" for each in found)
    for each in found:
        assert each.clean == unicodedata.normalize("NFC", context)
        left, right = each.spans[0]
        assert each.text[:left].endswith(" ")
        assert each.text[right:].startswith(" ")
        assert each.parts[1].startswith("D")


def test_what_was_done_is_told_in_numbers() -> None:
    for language, text in SENTENCES.items():
        for found in perturb([text] * 5, "typo_edit", language=language, level=5):
            stats = found.stats
            assert stats.edited == len(found.ops) == len(found.edits) <= stats.units <= stats.words
            assert stats.chrf == pytest.approx(chrf(found.text, found.clean))
            before, after = len(clusters(found.clean)), len(clusters(found.text))
            assert stats.distance >= max(stats.edited, abs(after - before))


def test_an_untouched_text_is_told_as_such() -> None:
    (found,) = perturb([SENTENCES["en"]], "typo_edit", language="en", level=0)
    assert (found.text, found.edits, found.stats.edited, found.stats.chrf) == (SENTENCES["en"], (), 0, 100.0)
    assert perturb([""], "typo_edit", language="en", level=5)[0].text == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"perturbation": "typo_edits"}, "'typo_edit'"),
        ({"perturbation": {"to": "upper"}}, "kind"),
        ({"perturbation": {"kind": "case", "to": "loud"}}, "case: to: expected .*'loud'"),
        ({"perturbation": {"kind": "case", "too": "lower"}}, "unknown key"),
        ({"perturbation": "xling_pair"}, "study"),
        ({"perturbation": "json:JSONDecoder"}, "not a perturbation"),
        ({"level": 9}, "no level 9"),
        ({"rates": {"letter": (0.1,)}}, "each kind"),
        ({"texts": [["one", ""]]}, "tokens"),
        ({"texts": [("one", [(2, 9)])]}, r"no span \(2, 9\)"),
    ],
)
def test_what_cannot_be_done_is_said(change: dict[str, object], message: str) -> None:
    asked = {"texts": ["One."], "perturbation": "typo_edit", "language": "en", "level": 1} | change
    with pytest.raises(ValueError, match=message):
        perturb(**asked)  # type: ignore[arg-type]


def test_wrong_settings_are_refused_before_the_first_text() -> None:
    with pytest.raises(ValueError, match="no level 9"):
        Perturber(TypoEdit(), language="en", level=9)
    with pytest.raises(ValueError, match="no level 9"):
        perturb_each([], "typo_edit", language="en", level=9)
