import pytest

from crosswind.perturbations.diacritics import Diacritics
from crosswind.perturbations.sampling import sample
from crosswind.text.item import Item, plain_field
from tests.perturbations.specimens import plain_item
from tests.text.sentences import nfc


def perturbed(text: str, lang: str, **settings: str) -> str:
    return sample(Diacritics.model_validate(settings), plain_item(nfc(text), lang), 5, seed=1).text("text")


@pytest.mark.parametrize(
    ("lang", "clean", "bare"),
    [
        ("de", "Die Straße über Öl, Café", "Die Strasse uber Ol, Cafe"),
        ("vi", "Chiếc cầu cũ đã đóng cửa", "Chiec cau cu da dong cua"),
        ("tr", "Işıklı köprü İzmir'de", "Isikli kopru Izmir'de"),
        ("yo", "Ọmọ náà ẹ̀kọ́", "Omo naa eko"),
        ("ru", "Ещё один за́мок, йод", "Еще один замок, йод"),
        ("uk", "Її ґанок", "Її ґанок"),
        ("el", "Η παλιά γέφυρα, ο γαϊδαράκος", "Η παλια γεφυρα, ο γαϊδαρακος"),
        ("ar", "أُغلِقَ الجسر في آخر المدينة", "اغلق الجسر في اخر المدينة"),
        ("fa", "رأی مردم می‌خواهند", "رای مردم می‌خواهند"),
        ("ur", "آپ کے لئے", "اپ کے لیے"),
        ("he", "בְּרֵאשִׁית היה", "בראשית היה"),
        ("hi", "ज़्यादा हिन्दी", "ज़्यादा हिन्दी"),
        ("bn", "বাংলা বাঁধ", "বাংলা বাঁধ"),
        ("th", "น้ำ ที่", "น้ำ ที่"),
        ("my", "မြန်မာ", "မြန်မာ"),
        ("ja", "がぎ パン", "がぎ パン"),
        ("ko", "한국어 éclair", "한국어 eclair"),
        ("zh", "桥 café", "桥 cafe"),
        ("ka", "ხიდი", "ხიდი"),
    ],
)
def test_strip_by_script(lang: str, clean: str, bare: str) -> None:
    assert perturbed(clean, lang) == nfc(bare)


@pytest.mark.parametrize(
    ("lang", "clean", "expected"),
    [
        ("de", "Ärger über Öl, ÜBEL, Straße, Café, Ü", "Aerger ueber Oel, UEBEL, Strasse, Cafe, Ue"),
        ("fi", "hyvää yötä", "hyvää yötä"),
        ("tr", "köprü", "köprü"),
    ],
)
def test_digraphs_are_german(lang: str, clean: str, expected: str) -> None:
    assert perturbed(clean, lang, marks="digraphs") == expected


@pytest.mark.parametrize(
    ("lang", "clean", "expected"),
    [
        ("ar", "الطالبات في المدينة", "الطَّالبَات في الْمدينَة"),
        ("he", "תלמידים דיברו עברית", "תּלמידִים דּיברו עברִית"),
        ("fa", "کتاب مدينة", "کتاب مدينة"),
        ("de", "Öl", "Öl"),
    ],
)
def test_add_by_language(lang: str, clean: str, expected: str) -> None:
    assert perturbed(clean, lang, marks="add") == nfc(expected)


def test_what_is_added_can_be_stripped() -> None:
    clean = "الطالبات في المدينة الكبيرة"
    assert perturbed(perturbed(clean, "ar", marks="add"), "ar") == clean


def test_only_words_that_change_are_units() -> None:
    item = plain_item("Der Öltank über https://köln.example @bär", "de")
    assert [item.fields["text"].text[slice(*unit.span)] for unit in Diacritics().units(item)] == ["Öltank", "über"]


def test_a_cluster_is_an_edit_so_that_an_answer_inside_a_word_is_projected() -> None:
    field = plain_field("Türstraße", "de", "1", keep=[(3, 9)])
    found = sample(Diacritics(), Item("fixture", "test", "1", {"context": field}), 5, seed=1)
    start, end = found.projection("context").span((3, 9))
    assert found.text("context")[start:end] == "strasse"
    assert len(found.edits["context"]) == 2
    assert len(found.trace) == 1


def test_variants_have_labels_of_their_own() -> None:
    assert [Diacritics.model_validate({"marks": way}).label for way in ("strip", "digraphs", "add")] == [
        "diacritics", "diacritics:digraphs", "diacritics:add",
    ]  # fmt: skip
