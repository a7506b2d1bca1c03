import unicodedata

import pytest
from hypothesis import given, settings

from crosswind.text.clusters import clusters
from crosswind.text.marks import spelled_out, unmarked
from tests.text.sentences import SENTENCES, languages, nfc, texts


def stripped(text: str, lang: str) -> str:
    return "".join(unmarked(text[start:end], lang) for start, end in clusters(nfc(text)))


@pytest.mark.parametrize(
    ("lang", "word", "bare"),
    [
        ("de", "Straßenbahnfähre", "Strassenbahnfahre"),
        ("fr", "œuvre garçon", "oeuvre garcon"),
        ("pl", "łódź", "lodz"),
        ("tr", "Işıklı İğne", "Isikli Igne"),
        ("az", "əlaqə", "əlaqə"),
        ("vi", "đường Nguyễn", "duong Nguyen"),
        ("yo", "ọ̀rẹ́ ṣọ́ọ̀ṣì", "ore soosi"),
        ("wo", "ñëw ŋaam", "new naam"),
        ("en", "Þór Eiríkur", "Þor Eirikur"),
        ("el", "άέήίόύώ ΐΰ Ά Ώ", "αεηιουω ϊϋ Α Ω"),
        ("el", "Ἀθῆναι", "Ἀθηναι"),
        ("ru", "ёлка Ёж йод", "елка Еж йод"),
        ("ru", "за́мок", "замок"),
        ("uk", "її ґанок", "її ґанок"),
        ("bg", "ѝ", "ѝ"),
        ("ar", "كَتَبَ", "كتب"),
        ("ar", "أحمد إلى آخر مؤمن رئيس", "احمد الى اخر مومن رييس"),
        ("ar", "مدرسة شيء", "مدرسة شيء"),
        ("fa", "رئیس مؤمن", "رییس مومن"),
        ("ur", "لئے آؤ", "لیے او"),
        ("he", "שָׁלוֹם עִבְרִית", "שלום עברית"),
        ("he", "תל־אביב", "תל־אביב"),
    ],
)
def test_marks_that_readers_do_without(lang: str, word: str, bare: str) -> None:
    assert stripped(nfc(word), lang) == nfc(bare)


@pytest.mark.parametrize(
    "word",
    [  # each loses something that it needs when NFD is stripped of its marks
        *("ज़्यादा", "हिन्दी", "বন্ধু", "ਪੰਜਾਬੀ", "ગુજરાતી", "தமிழ்", "తెలుగు", "അമ്മ"),
        *("น้ำ", "ที่", "မြန်မာ", "ខ្មែរ", "ຂົວ", "がぎぐ", "パピ", "йод", "ї", "ў"),
    ],
)
def test_marks_that_are_letters(word: str) -> None:
    word = nfc(word)
    kept = (part for part in unicodedata.normalize("NFD", word) if unicodedata.category(part) != "Mn")
    assert stripped(word, "any") == word
    assert nfc("".join(kept)) != word


@pytest.mark.parametrize(
    ("sign", "capitals", "expected"),
    [
        ("ä", False, "ae"),
        ("Ü", False, "Ue"),
        ("Ö", True, "OE"),
        ("ß", False, "ss"),
        ("é", False, "e"),
        ("x", True, "x"),
    ],
)
def test_umlauts_as_two_letters(sign: str, capitals: bool, expected: str) -> None:
    assert spelled_out(sign, capitals=capitals) == expected


@settings(deadline=None)
@given(texts, languages)
def test_what_is_left_is_nfc_and_bare(text: str, lang: str) -> None:
    for start, end in clusters(text):
        once = unmarked(text[start:end], lang)
        assert unicodedata.is_normalized("NFC", once)
        assert unmarked(once, lang) == once
    if text in SENTENCES.values() and text.isascii():
        assert stripped(text, lang) == text
